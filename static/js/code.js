// @ts-check
// The page that asks for a code: pastes with spaces or words around the digits.

const DIGITS = 6;

/** @type {HTMLInputElement | null} */
const input = document.querySelector("input.digits");

input?.addEventListener("paste", (event) => {
  const digits = (event.clipboardData?.getData("text") ?? "").replace(/[^0-9]/g, "");
  if (digits.length !== DIGITS) return; // not a code: the browser pastes it as it is
  event.preventDefault();
  input.value = digits;
});
