// @ts-check
// "Show" beside a password. The buttons are hidden in the page: without this file they would do
// nothing.

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-show]");

for (const button of buttons) {
  const input = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!(input instanceof HTMLInputElement)) continue;

  /** @param {boolean} shown */
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };

  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // Sent as a password again, so that browsers offer to keep it and do not list it among typed
  // words.
  input.form?.addEventListener("submit", () => show(false));
}
