// @ts-check
// The page that asks for a code: pastes with spaces or words around the digits, and the wait before another code.

const DIGITS = 6;

/** @type {HTMLInputElement | null} */
const input = document.querySelector("input.digits");

input?.addEventListener("paste", (event) => {
  const digits = (event.clipboardData?.getData("text") ?? "").replace(/[^0-9]/g, "");
  if (digits.length !== DIGITS) return; // not a code: the browser pastes it as it is
  event.preventDefault();
  input.value = digits;
});

/** @type {HTMLElement | null} */
const wait = document.querySelector("[data-resend-wait]");
/** @type {HTMLElement | null} */
const again = document.querySelector("[data-resend]");

if (wait && again) {
  const words = wait.querySelector("[data-words]");
  const sentence = words?.getAttribute("data-words") ?? "";
  const span = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "second", unitDisplay: "long" });
  const end = performance.now() + Number(wait.dataset.resendWait) * 1000;

  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      if (words) words.textContent = sentence.replace("%(time)s", span.format(left));
      setTimeout(tick, 1000);
      return;
    }
    wait.hidden = true;
    again.hidden = false;
  };
  tick();
}
