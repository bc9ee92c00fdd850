// @ts-check
// The time that is left on the wait page. wait.js says "left" when the server has told it anew.

const LATE = 15; // seconds: the frame turns amber

/** @param {number} seconds */
export function spoken(seconds) {
  const unit = seconds > 60 ? "minute" : "second";
  const options = /** @type {const} */ ({ style: "unit", unit, unitDisplay: "long" });
  const span = new Intl.NumberFormat(document.documentElement.lang, options);
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

/** @type {HTMLElement | null} */
const page = document.querySelector("[data-wait]");
if (page) {
  const countdown = new Countdown(page);
  page.addEventListener("left", (event) => {
    if (event instanceof CustomEvent) countdown.set(event.detail);
  });
  setInterval(() => countdown.draw(), 1000);
}
