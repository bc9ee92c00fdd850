// @ts-check
/** One question on the screen: what, where, with what, when; the number; three answers. */

import { DENIAL } from "./answers.js";
import { timeOf } from "./api.js";
import { isAllShown, writeFacts } from "./facts.js";
import { copy, fill, on, part, show } from "./page.js";
import { minutes } from "./times.js";

/**
 * @typedef {import("./answers.js").Question} Question
 * @typedef {import("./protocol.js").Decision} Decision
 * @typedef {object} Wishes
 * @property {(said: Decision, screen: HTMLElement) => void} answer
 * @property {() => void} list     show all open requests
 * @property {() => void} expired
 * @property {() => void} unreadable
 */

/** @type {Record<string, (number: string) => Decision>} */
const SAID = {
  approve: (number) => ({ decision: "approve", number, reason: null }),
  deny: () => DENIAL,
  not_me: () => ({ decision: "deny", number: null, reason: "not_me" }),
};

/** How long the number may be: as told, else either length of the protocol. @param {Question} question */
const lengths = ({ digits }) => (digits === 3 || digits === 6 ? [digits] : [3, 6]);

/** @param {HTMLElement} screen @param {Question} question */
function watchNumber(screen, question) {
  const field = /** @type {HTMLInputElement} */ (screen.querySelector("[name=number]"));
  const approve = /** @type {HTMLButtonElement} */ (screen.querySelector("[value=approve]"));
  const allowed = lengths(question);
  field.placeholder = "–".repeat(allowed[0]);
  field.pattern = allowed.map((length) => `[0-9]{${length}}`).join("|");
  field.addEventListener("input", () => {
    // Six digits are shown in two groups, so people type or paste the gap, too.
    field.value = field.value.replace(/[^0-9]/g, "").slice(0, Math.max(...allowed));
    approve.disabled = !allowed.includes(field.value.length);
  });
}

/** @param {HTMLElement} screen @param {Question} question */
function writeMoment(screen, { exp, context, device }) {
  const now = timeOf(device);
  writeFacts(screen, context, now);
  fill(screen, { left: minutes(exp - now) });
  return exp - now;
}

/** @param {HTMLElement} screen @param {Question} question @param {() => void} expired */
function countDown(screen, question, expired) {
  const timer = setInterval(() => {
    const gone = !screen.isConnected || screen.dataset.busy !== undefined;
    if (!gone && writeMoment(screen, question) > 0) return;
    clearInterval(timer);
    if (!gone) expired();
  }, 1000);
}

/** While an answer is on its way nothing can be changed or pressed again. @param {HTMLElement} screen @param {string} [pressed] */
export function lock(screen, pressed) {
  screen.dataset.busy = "";
  screen.querySelectorAll("form .btn").forEach((button) => {
    if (!(button instanceof HTMLButtonElement)) return;
    button.disabled = true;
    if (button.value === pressed) button.setAttribute("aria-busy", "true");
  });
  const field = screen.querySelector("[name=number]");
  if (field instanceof HTMLInputElement) field.readOnly = true;
}

/** "No connection" on the screen, with a button that tries at once. @param {HTMLElement} screen @param {() => void} again */
export function showTrouble(screen, again) {
  const note = part(screen, "trouble");
  const button = note?.querySelector("button");
  if (note) note.hidden = false;
  if (button) button.onclick = again;
}

/** @param {HTMLElement} screen @param {boolean} several */
export function setSeveral(screen, several) {
  const note = part(screen, "several");
  if (note) note.hidden = !several;
  screen.classList.toggle("is-several", several);
}

/** @param {HTMLElement} screen @param {Question} question @param {SubmitEvent} event @param {Wishes} wishes */
function press(screen, { context }, event, wishes) {
  event.preventDefault();
  const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
  const field = screen.querySelector("[name=number]");
  if (!(pressed in SAID) || !(field instanceof HTMLInputElement) || screen.dataset.busy !== undefined) return;
  if (!isAllShown(screen, context)) return wishes.unreadable();
  lock(screen, pressed);
  wishes.answer(SAID[pressed](field.value), screen);
}

/** @param {Question} question @param {Wishes} wishes @returns {HTMLElement} the screen, already on the page */
export function showPrompt(question, wishes) {
  const screen = copy("screen-prompt");
  if (!("careful" in question.context)) part(screen, "careful")?.remove();
  writeMoment(screen, question);
  watchNumber(screen, question);
  on(screen, "list", wishes.list);
  screen.querySelector("form")?.addEventListener("submit", (event) => press(screen, question, event, wishes));
  show(screen, String(question.context.account ?? question.device.account));
  countDown(screen, question, wishes.expired);
  return screen;
}
