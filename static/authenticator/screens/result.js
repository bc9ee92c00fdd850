// @ts-check
/**
 * From a signed decision to the screen that says what happened and what follows.
 *
 * @import { Kept, Question, Result } from "../questions/answers.js"
 */

import { Unreachable } from "../protocol/api.js";
import { timeOf } from "../protocol/clock.js";
import { closeNotifications } from "../push/worker.js";
import { deliver } from "../questions/answers.js";
import { copy, on, show } from "./page.js";
import { lock, showTrouble } from "./prompt.js";
import { writeKnown } from "./prompt_details.js";

const PAUSE = 2; // s, at least, between two tries

/**
 * Resolves after some seconds, when the connection comes back, or at the press of the button.
 * @param {number} seconds
 * @param {HTMLElement} screen
 */
function pause(seconds, screen) {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
    addEventListener("online", resolve, { once: true });
    showTrouble(screen, () => resolve(undefined));
  });
}

/**
 * Delivers a kept decision, however long it takes; `screen` says so while there is no connection.
 * @param {Question} question @param {Kept} kept @param {HTMLElement} screen
 * @returns {Promise<Result>}
 */
export async function settle({ device, challenge_id }, kept, screen) {
  for (;;) {
    try {
      const result = await deliver(device, kept);
      await closeNotifications(challenge_id);
      return result;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await pause(Math.max(PAUSE, error.wait), screen);
    }
  }
}

/**
 * @param {string} name template `result-…` @param {Question} question
 * @param {() => void} done @param {(screen: HTMLElement) => void} mistake
 */
export function showResult(name, question, done, mistake) {
  const screen = copy(`result-${name}`);
  writeKnown(screen, question.context, timeOf(question.device));
  on(screen, "done", done);
  on(screen, "mistake", () => mistake(screen));
  show(screen);
}

/** While an answer that was kept goes out. @param {Question} question @returns {HTMLElement} */
export function showSending({ device }) {
  const screen = copy("screen-sending");
  show(screen, device.account);
  lock(screen);
  return screen;
}
