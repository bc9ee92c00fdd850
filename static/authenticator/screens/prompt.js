// @ts-check
/**
 * The prompt: one question on the screen, with what, where and when; the number; three answers.
 *
 * @import { Decision } from "../protocol/messages.js"
 * @import { Question } from "../questions/answers.js"
 *
 * @typedef {object} Acts
 * @property {(said: Decision, screen: HTMLElement) => void} answer
 * @property {() => void} list  show all open requests
 * @property {() => void} expired
 * @property {() => void} unreadable
 */

import { timeOf } from "../protocol/clock.js";
import { DENIAL } from "../questions/answers.js";
import { all, copy, fill, on, part, required, show } from "./page.js";
import { isAllShown, writeDetails } from "./prompt_details.js";
import { minutes } from "./times.js";

/**
 * What a button says.
 * @param {string} pressed
 * @param {string} number
 * @returns {Decision | null}
 */
function decisionOf(pressed, number) {
  switch (pressed) {
    case "approve":
      return { decision: "approve", number, reason: null };
    case "deny":
      return DENIAL;
    case "not_me":
      return { decision: "deny", number: null, reason: "not_me" };
    default:
      return null;
  }
}

/**
 * How long the number may be: as told, else either length of the protocol.
 * @param {Question} question
 */
const lengths = ({ digits }) => (digits === 3 || digits === 6 ? [digits] : [3, 6]);

/** @param {HTMLElement} screen @param {Question} question */
function watchNumber(screen, question) {
  const field = required(screen, "[name=number]", HTMLInputElement);
  const approve = required(screen, "[value=approve]", HTMLButtonElement);
  const allowed = lengths(question);
  field.placeholder = "–".repeat(Math.min(...allowed));
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
  writeDetails(screen, context, now);
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

/**
 * While an answer is on its way nothing can be changed or pressed again.
 * @param {HTMLElement} screen
 * @param {string} [pressed]
 */
export function lock(screen, pressed) {
  screen.dataset.busy = "";
  for (const button of all(screen, "form .btn")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.disabled = true;
    if (button.value === pressed) button.setAttribute("aria-busy", "true");
  }
  const field = screen.querySelector("[name=number]");
  if (field instanceof HTMLInputElement) field.readOnly = true;
}

/**
 * "No connection" on the screen, with a button that tries at once.
 * @param {HTMLElement} screen
 * @param {() => void} again
 */
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

/**
 * @param {HTMLElement} screen
 * @param {Question} question
 * @param {SubmitEvent} event
 * @param {Acts} acts
 */
function press(screen, { context }, event, acts) {
  event.preventDefault();
  const pressed = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
  const { value } = required(screen, "[name=number]", HTMLInputElement);
  const decision = decisionOf(pressed, value);
  if (!decision || screen.dataset.busy !== undefined) return;
  if (!isAllShown(screen, context)) return acts.unreadable();
  lock(screen, pressed);
  acts.answer(decision, screen);
}

/**
 * @param {Question} question
 * @param {Acts} acts
 * @returns {HTMLElement} the screen, already on the page
 */
export function showPrompt(question, acts) {
  const screen = copy("screen-prompt");
  if (!("careful" in question.context)) part(screen, "careful")?.remove();
  writeMoment(screen, question);
  watchNumber(screen, question);
  on(screen, "list", acts.list);
  const form = required(screen, "form", HTMLFormElement);
  form.addEventListener("submit", (event) => press(screen, question, event, acts));
  show(screen, String(question.context.account ?? question.device.account));
  countDown(screen, question, acts.expired);
  return screen;
}
