// @ts-check
// What may be asked again after a while: says how long, counts down, and then lets it be pressed. Without it, "Look again" is a link.

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** @param {number} seconds as the server says them: rounded up, in the largest unit that is not too rough */
function spoken(seconds) {
  const [unit, size] = seconds <= MINUTE ? ["second", 1] : seconds <= 2 * HOUR ? ["minute", MINUTE] : ["hour", HOUR];
  const span = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: String(unit), unitDisplay: "long" });
  return span.format(Math.ceil(seconds / Number(size)));
}

/** @returns {NodeListOf<HTMLButtonElement>} what would be refused, were it sent now */
const senders = () => document.querySelectorAll("main form.form button[type=submit]");

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
  if (element.matches("[data-resend-wait]")) document.querySelector("[data-resend]")?.removeAttribute("hidden");
  if (element.matches("[data-later-form]")) senders().forEach((button) => (button.disabled = false));
}

/** @param {HTMLElement} element with the seconds that the server gave it */
function count(element) {
  const words = element.matches("[data-later-words]") ? element : element.querySelector("[data-later-words]");
  const sentence = words?.getAttribute("data-later-words") ?? "";
  const until = performance.now() + Number(element.dataset.later) * 1000;
  element.removeAttribute("role"); // it was said once; each second of it need not be
  if (element.matches("[data-later-form]")) senders().forEach((button) => (button.disabled = true));

  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left <= 0) return end(element);
    const now = sentence.replace("%(time)s", spoken(left));
    if (words && words.textContent !== now) words.textContent = now;
    setTimeout(tick, 1000);
  };
  tick();
}

document.querySelectorAll("[data-later]").forEach((element) => element instanceof HTMLElement && count(element));
document.querySelectorAll("[data-look-again]").forEach((link) => link.setAttribute("hidden", ""));
