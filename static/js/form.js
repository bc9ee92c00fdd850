// @ts-check
// A form is sent once. The button is not disabled: that would drop its value and move the focus.

const QUIET = 400; // ms: an answer that comes sooner needs no sign of waiting
const GIVE_UP = 8000; // ms: then the person may have pressed Stop, and may send again

/** @type {Map<HTMLFormElement, number[]>} */
const sent = new Map();

/** @param {HTMLFormElement} form */
function release(form) {
  sent.get(form)?.forEach((timer) => clearTimeout(timer));
  sent.delete(form);
  const busy = form.querySelectorAll("button[aria-busy]");
  busy.forEach((button) => button.removeAttribute("aria-busy"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  const busy = setTimeout(() => event.submitter?.setAttribute("aria-busy", "true"), QUIET);
  sent.set(form, [busy, setTimeout(() => release(form), GIVE_UP)]);
});

// The back button may bring this very page back, as it was when it was sent.
window.addEventListener("pageshow", () => [...sent.keys()].forEach(release));
