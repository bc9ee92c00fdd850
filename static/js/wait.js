// @ts-check
// The wait page: asks the server how it stands, draws the time that is left, goes on by itself. Without it, "Look again" is a link.
// It asks when a stream of events (stream.js) says so; where none comes, every second.

const EAGER = 20_000; // ms of asking every second, then every two
const LATE = 15; // seconds: the frame turns amber
const SLOWEST = 10_000; // ms for an answer, and between two tries
const TOLD = 15_000; // ms between two looks beside a stream, and up to a third more: no word should be lost, but may be
const SCATTER = 1500; // ms, when a stream has ended: it may have been everybody's

/**
 * @typedef {{ name: string, state: "asked" | "seen" | "away" }} Device
 * @typedef {{ state: string, seconds_left?: number, devices?: Device[] }} Answer
 */

/** @type {HTMLElement | null} */
const root = document.querySelector("[data-wait]");
/** @type {HTMLFormElement | null} */
const finish = document.querySelector("form[data-finish]");

/** @param {number} seconds */
function spoken(seconds) {
  const unit = seconds > 60 ? "minute" : "second";
  const span = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" });
  return span.format(unit === "minute" ? Math.ceil(seconds / 60) : seconds);
}

/** The frame of the number and the words below it. */
class Countdown {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    this.total = Number(page.dataset.total) || 1;
    this.frame = page.querySelector(".number");
    this.bow = page.querySelector(".number .left");
    this.words = page.querySelector("[data-time-left]");
    this.set(Number(page.dataset.left));
  }

  /** @param {number} seconds that the server says are left */
  set(seconds) {
    this.end = performance.now() + seconds * 1000;
    this.draw();
  }

  draw() {
    const left = Math.max(0, Math.ceil(((this.end ?? 0) - performance.now()) / 1000));
    this.bow?.setAttribute("stroke-dasharray", `${Math.round((100 * left) / this.total)} 100`);
    this.frame?.classList.toggle("is-late", left <= LATE);
    const sentence = (left > 60 ? this.page.dataset.roughly : this.page.dataset.exactly) ?? "";
    const words = sentence.replace("%(time)s", spoken(left));
    if (this.words && this.words.textContent !== words) this.words.textContent = words;
  }
}

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
  if (devices.length && devices.every((device) => device.state === "away")) document.querySelector("details")?.setAttribute("open", "");
}

/** @param {HTMLElement} page */
function watch(page) {
  const countdown = new Countdown(page);
  page.querySelector("[data-refresh]")?.setAttribute("hidden", "");
  const since = performance.now();
  let [failures, timer] = [0, 0];
  let [asking, again, tells] = [false, false, false];

  /** @param {Answer} answer */
  const apply = (answer) => {
    if (answer.state !== "pending") page.dispatchEvent(new Event("over"));
    if (answer.state === "approved") return finish?.requestSubmit();
    if (answer.state !== "pending") return location.replace(page.dataset.wait ?? "");
    if (answer.seconds_left !== undefined) countdown.set(answer.seconds_left);
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
      if (response.status === 429) return next(1000 * Math.max(1, Number(response.headers.get("Retry-After")) || 2));
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
  const offline = (count) => page.querySelector("[data-offline]")?.toggleAttribute("hidden", count < 2);

  /** @param {number} delay */
  const next = (delay) => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, delay);
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

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : wake()));
  window.addEventListener("pagehide", () => clearTimeout(timer));
  window.addEventListener("pageshow", (event) => event.persisted && wake());
  setInterval(() => countdown.draw(), 1000);
  next(1000);
}

if (root) watch(root);
else finish?.requestSubmit();
