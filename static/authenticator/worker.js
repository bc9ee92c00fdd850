// @ts-check
/** The service worker seen from the page. */

import { closeEnded, inTurn } from "./notices.js";
import { words } from "./page.js";
import { keep } from "./store.js";

const SCOPE = "/authenticator/";
const SCRIPT = "/authenticator/sw.js";

/** The one script address of ours that is made from text. */
function scriptAddress() {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return SCRIPT;
  return types.createPolicy("nod-sw", { createScriptURL: () => SCRIPT }).createScriptURL("");
}

/** @type {Promise<ServiceWorkerRegistration | null> | undefined} */
let registering;

/** The registration; null where this browser has no workers or forbids them. */
export function registration() {
  registering ??= navigator.serviceWorker
    ? navigator.serviceWorker.register(scriptAddress(), { scope: SCOPE, updateViaCache: "none" }).catch(() => null)
    : Promise.resolve(null);
  return registering;
}

/** Starts the worker and leaves it the words of its notifications: it must show one at once, in this language, without asking anybody. */
export async function startWorker() {
  await keep("facts", words("push-"), "words");
  return registration();
}

/**
 * Runs what belongs to a message of the worker: `inbox` (a push has come), `open` (a notification was pressed), `answered` (from a
 * notification, with id and result), `proven` (a test push was confirmed).
 * @param {Record<string, (message: any) => void>} acts
 */
export function onWorker(acts) {
  navigator.serviceWorker?.addEventListener("message", (event) => acts[event.data?.type]?.(event.data));
}

/** @param {string} challengeId */
export async function closeNotifications(challengeId) {
  const there = await registration();
  const shown = there ? await inTurn(() => there.getNotifications({ tag: `nod-${challengeId}` })) : [];
  shown.forEach((notification) => notification.close());
}

/** Closes the notifications of requests that have ended, as far as every account was heard. @param {import("./inbox.js").News} news */
export async function tidyNotifications({ devices, questions, standing, asked }) {
  const there = await registration();
  const isWhole = devices.length > 0 && Object.values(standing).every((one) => one === "ok");
  if (there && isWhole) await closeEnded(there, questions.map(({ challenge_id }) => challenge_id), asked);
}
