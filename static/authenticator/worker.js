// @ts-check
/** The service worker seen from the page. */

import { word } from "./page.js";
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

/** Starts the worker and leaves it the words of a notification: it must show one at once, in this language, without asking anybody. */
export async function startWorker() {
  await keep("facts", { title: word("push-title"), body: word("push-body") }, "words");
  return registration();
}

/** Runs `act` when the worker was woken by a push. @param {() => void} act */
export function onWake(act) {
  navigator.serviceWorker?.addEventListener("message", (event) => event.data?.type === "inbox" && act());
}

/** @param {string} challengeId */
export async function closeNotifications(challengeId) {
  const shown = await (await registration())?.getNotifications({ tag: `nod-${challengeId}` });
  shown?.forEach((notification) => notification.close());
}
