// @ts-check
// What may be asked again after a while: says how long, counts down, and then lets it be pressed.
// Without it, "Look again" is a link.

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** @param {number} seconds @returns {["second" | "minute" | "hour", number]} */
function unitOf(seconds) {
  if (seconds <= MINUTE) return ["second", 1];
  return seconds <= 2 * HOUR ? ["minute", MINUTE] : ["hour", HOUR];
}

/**
 * As the server says them: rounded up, in the largest unit that is not too rough.
 * @param {number} seconds
 */
export function spoken(seconds) {
  const [unit, size] = unitOf(seconds);
  const options = /** @type {const} */ ({ style: "unit", unit, unitDisplay: "long" });
  const span = new Intl.NumberFormat(document.documentElement.lang, options);
  return span.format(Math.ceil(seconds / size));
}

/** Whether the page's forms may be sent: what would be refused now is not. @param {boolean} may */
function allow(may) {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll("main form.form button[type=submit]");
  for (const button of buttons) button.disabled = !may;
}

/**
 * The time is over.
 * @param {HTMLElement} element
 */
function end(element) {
  if (element instanceof HTMLButtonElement) {
    element.disabled = false;
    element.querySelector("[data-later-words]")?.setAttribute("hidden", "");
    return;
  }
  element.hidden = true;
  if (element.matches("[data-later-form]")) allow(true);
  if (!element.matches("[data-resend-wait]")) return;
  document.querySelector("[data-resend]")?.removeAttribute("hidden");
}

/** @param {HTMLElement} element with the seconds that the server gave it */
function count(element) {
  const isWords = element.matches("[data-later-words]");
  const words = isWords ? element : element.querySelector("[data-later-words]");
  const sentence = words?.getAttribute("data-later-words") ?? "";
  const until = performance.now() + Number(element.dataset.later) * 1000;
  element.removeAttribute("role"); // it was said once; each second of it need not be
  if (element.matches("[data-later-form]")) allow(false);

  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left <= 0) return end(element);
    const now = sentence.replace("%(time)s", spoken(left));
    if (words && words.textContent !== now) words.textContent = now;
    setTimeout(tick, 1000);
  };
  tick();
}

for (const element of document.querySelectorAll("[data-later]")) {
  if (element instanceof HTMLElement) count(element);
}
for (const link of document.querySelectorAll("[data-look-again]")) link.setAttribute("hidden", "");
