// @ts-check
// The wait page: asks the server how it stands and goes on by itself. Without it, "Look again" is a
// link. It asks when a stream of events (stream.js) says so; where none comes, every second.
// countdown.js draws the time that is left.

const EAGER = 20_000; // ms of asking every second, then every two
const SLOWEST = 10_000; // ms for an answer, and between two tries
// ms between two looks beside a stream, and up to a third more: no word should be lost, but may be
const TOLD = 15_000;
const SCATTER = 1500; // ms, when a stream has ended: it may have been everybody's

/**
 * @typedef {{ name: string, state: "asked" | "seen" | "away" }} Device
 * @typedef {{ state: string, seconds_left?: number, devices?: Device[] }} Answer
 */

/** @type {HTMLElement | null} */
const root = document.querySelector("[data-wait]");
/** @type {HTMLFormElement | null} */
const finish = document.querySelector("form[data-finish]");

/**
 * Each device's line. It lies in a status region, so only what changes is written.
 * @param {HTMLElement} page
 * @param {Device[]} devices
 */
function drawDevices(page, devices) {
  const lines = page.querySelectorAll("[data-device]");
  devices.forEach((device, place) => {
    const line = lines[place];
    if (!line || line.getAttribute("data-device") === device.state) return;
    line.setAttribute("data-device", device.state);
    line.className = `is-${device.state}`;
    const words = line.querySelector("small");
    if (words) words.textContent = page.dataset[device.state] ?? "";
  });
  const isAway = devices.length > 0 && devices.every(({ state }) => state === "away");
  if (isAway) document.querySelector("details")?.setAttribute("open", "");
}

/** @param {HTMLElement} page */
function watch(page) {
  page.querySelector("[data-refresh]")?.setAttribute("hidden", "");
  const since = performance.now();
  let [failures, timer] = [0, 0];
  let [asking, again, tells, leaving] = [false, false, false, false];

  /** @param {Answer} answer */
  const apply = (answer) => {
    // Cancelled here: the answer to that is on its way, and says more than "over".
    if (leaving) return;
    if (answer.state !== "pending") page.dispatchEvent(new Event("over"));
    if (answer.state === "approved") return finish?.requestSubmit();
    if (answer.state !== "pending") return location.replace(page.dataset.wait ?? "");
    const { seconds_left: detail } = answer;
    if (detail !== undefined) page.dispatchEvent(new CustomEvent("left", { detail }));
    if (answer.devices) drawDevices(page, answer.devices);
    if (again) next(0);
    else if (tells) next(TOLD + Math.random() * (TOLD / 3));
    else next(performance.now() - since < EAGER ? 1000 : 2000);
  };

  /** One at a time; a word that comes meanwhile is for the next. */
  const ask = async () => {
    again = asking;
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    await look();
    asking = false;
  };

  const look = async () => {
    try {
      const how = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(SLOWEST) };
      const response = await fetch(page.dataset.state ?? "", { ...how, cache: "no-store" });
      const retryAfter = Number(response.headers.get("Retry-After")) || 2;
      if (response.status === 429) return next(1000 * Math.max(1, retryAfter));
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      offline((failures = 0));
      apply(answer);
    } catch {
      offline((failures += 1));
      next(Math.min(SLOWEST, 1000 * 2 ** failures));
    }
  };

  /** @param {number} count of failures in a row; one may be chance */
  const offline = (count) =>
    page.querySelector("[data-offline]")?.toggleAttribute("hidden", count < 2);

  /** @param {number} delay */
  const next = (delay) => {
    clearTimeout(timer);
    if (!document.hidden && !leaving) timer = setTimeout(ask, delay);
  };

  page.addEventListener("told", () => {
    tells = true;
    ask();
  });
  page.addEventListener("lost", () => {
    tells = false;
    next(Math.random() * SCATTER);
  });
  const wake = () => next(200);

  document.addEventListener("submit", () => {
    leaving = true;
    page.dispatchEvent(new Event("over"));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else wake();
  });
  window.addEventListener("pagehide", () => clearTimeout(timer));
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    wake();
  });
  next(1000);
}

if (root) watch(root);
else finish?.requestSubmit();
