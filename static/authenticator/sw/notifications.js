// @ts-check
/**
 * What the worker shows. The words were left here by the page; none of them comes from a push.
 *
 * @import { WorkerMessage } from "../push/shown_notifications.js"
 *
 * @typedef {NotificationOptions & {actions?: {action: string, title: string}[]}} Options
 */

import { read } from "../protocol/store.js";
import { inTurn } from "../push/shown_notifications.js";
import { HOME, worker } from "./shell.js";

const ownWindows = async () => {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter(({ url }) => new URL(url).pathname === HOME);
};

/** @param {WorkerMessage} message */
export async function tellWindows(message) {
  for (const client of await ownWindows()) client.postMessage(message);
}

/** An open window, else the one fixed path: no address is ever taken from a notification. */
export async function openAuthenticator() {
  const [open] = await ownWindows();
  if (!open) return worker.clients.openWindow(HOME);
  open.postMessage({ type: "open" });
  return open.focus();
}

/** @returns {Promise<Record<string, string>>} */
async function notificationWords() {
  /** @type {Promise<Record<string, string> | undefined>} */
  const left = read("facts", "words");
  return { ...nod.words, ...(await left.catch(() => undefined)) };
}

/**
 * @param {string} name of the words, as "echo-"; "" for the question
 * @param {Options} options
 */
export async function notify(name, options) {
  const text = await notificationWords();
  const { [`${name}title`]: title = "", [`${name}body`]: body = "" } = text;
  const looks = { body, icon: nod.icon, badge: nod.badge };
  await inTurn(() => worker.registration.showNotification(title, { ...looks, ...options }));
}

/**
 * One for each request: a second push for the same one changes nothing that is seen.
 * @param {string} id
 */
export const tagOf = (id) => `nod-${id}`;

/**
 * Asks, and stays until it is answered. Nothing can be approved here: that takes the number, and
 * the number takes the page.
 * @param {string} id of the request; "" when the push names none, and then there is nothing to deny
 *   either
 * @param {string} [name] of the words
 */
export async function showQuestion(id, name = "") {
  const { approve = "", deny = "" } = await notificationWords();
  const actions = [
    { action: "approve", title: approve },
    { action: "deny", title: deny },
  ];
  const options = { tag: tagOf(id), data: { id, at: Date.now() }, requireInteraction: true };
  await notify(name, { ...options, actions: id ? actions : [] });
}

/**
 * What became of a request, in the place of its question.
 * @param {string} id
 * @param {string} name of the words
 */
export const showEnd = (id, name) => notify(name, { tag: tagOf(id), data: { ended: name } });

/**
 * A push for a request that was answered in its notification may come again: then it says so again.
 * @param {string} id
 */
export async function showRequest(id) {
  const [shown] = await inTurn(() => worker.registration.getNotifications({ tag: tagOf(id) }));
  return shown?.data?.ended ? showEnd(id, shown.data.ended) : showQuestion(id);
}
