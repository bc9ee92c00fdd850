// @ts-check
/**
 * The service worker seen from the page.
 *
 * @import { InboxState } from "../questions/inbox_state.js"
 * @import { WorkerMessage } from "./shown_notifications.js"
 *
 * @typedef {{createScriptURL: (text: string) => string}} ScriptAddresses  not in TypeScript's DOM
 * @typedef {{createPolicy: (name: string, rules: ScriptAddresses) => ScriptAddresses}} TrustedTypes
 */

import { keep } from "../protocol/store.js";
import { closeEnded, inTurn } from "./shown_notifications.js";

const SCOPE = "/authenticator/";
const SCRIPT = "/authenticator/sw.js";

/** The one script address of ours that is made from text. */
function scriptAddress() {
  const { trustedTypes: types } = /** @type {{trustedTypes?: TrustedTypes}} */ (globalThis);
  if (!types) return SCRIPT;
  return types.createPolicy("nod-sw", { createScriptURL: () => SCRIPT }).createScriptURL("");
}

/** @type {Promise<ServiceWorkerRegistration | null> | undefined} */
let registering;

/** @returns {Promise<ServiceWorkerRegistration | null>} */
async function register() {
  const options = { scope: SCOPE, updateViaCache: /** @type {const} */ ("none") };
  return navigator.serviceWorker?.register(scriptAddress(), options).catch(() => null) ?? null;
}

/** The registration; null where this browser has no workers or forbids them. */
export function registration() {
  registering ??= register();
  return registering;
}

/**
 * Starts the worker and leaves it the words of its notifications: it must show one at once, in this
 * language, without asking anybody.
 * @param {Record<string, string>} words
 */
export async function startWorker(words) {
  await keep("facts", words, "words");
  return registration();
}

/** @param {(message: WorkerMessage) => void} hear */
export function onWorker(hear) {
  navigator.serviceWorker?.addEventListener("message", ({ data }) => hear(data));
}

/** @param {string} challengeId */
export async function closeNotifications(challengeId) {
  const there = await registration();
  if (!there) return;
  const shown = await inTurn(() => there.getNotifications({ tag: `nod-${challengeId}` }));
  shown.forEach((notification) => notification.close());
}

/**
 * Closes the notifications of requests that have ended, as far as every account was heard.
 * @param {InboxState} inbox
 */
export async function tidyNotifications({ devices, questions, standing, asked }) {
  const there = await registration();
  const isWhole = devices.length > 0 && Object.values(standing).every((one) => one === "ok");
  const open = questions.map(({ challenge_id }) => challenge_id);
  if (there && isWhole) await closeEnded(there, open, asked);
}
