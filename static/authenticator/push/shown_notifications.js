// @ts-check
/**
 * The notifications that show, one at a time. Page and service worker use the same code.
 *
 * @typedef {{type: "inbox" | "open" | "proven"} | {type: "answered", id: string, result: string}}
 *   WorkerMessage  to the page: a push has come; a notification was pressed; a test push was
 *   confirmed; a question was answered in its notification
 */

import { timeouts } from "../protocol/timeouts.js";

/**
 * Showing them and asking for them, never at once: Chromium forgets one that it is about to show
 * when it is asked which are there. It stays in sight then, but pressing it does nothing. Never
 * within itself.
 * @template T @param {() => Promise<T>} act @returns {Promise<T>}
 */
export async function inTurn(act) {
  let begun = false;
  const once = () => ((begun = true), act());
  try {
    const signal = AbortSignal.timeout(timeouts.turn);
    return await navigator.locks.request("nod-notices", { signal }, once);
  } catch (error) {
    if (begun) throw error;
    return act();
  }
}

/**
 * Closes those that ask, and stand for no open question any more.
 * @param {ServiceWorkerRegistration} registration
 * @param {string[]} open ids of all open questions
 * @param {number} asked ms, when the server was asked for them: what was shown later may be newer
 *   than its answer
 */
export async function closeEnded(registration, open, asked) {
  for (const notification of await inTurn(() => registration.getNotifications())) {
    const { id, at } = notification.data ?? {};
    if (id && at < asked && !open.includes(id)) notification.close();
  }
}
