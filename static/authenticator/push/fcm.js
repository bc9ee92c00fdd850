// @ts-check
/**
 * Firebase Cloud Messaging, where the server is set up for it: a token for this browser, through
 * Google's own code and our own worker.
 */

const { fcmConfig = "", fcmKey = "" } = document.querySelector("main")?.dataset ?? {};
/** Made by `make firebase`; not there, and never asked for, where Firebase is off. */
const BUNDLE = "../vendor/firebase.js";

export const isOn = fcmConfig !== "" && fcmKey !== "";
/** The key that Firebase subscribes with. */
export const key = fcmKey;

/**
 * @typedef {typeof import("../../../authenticator/push/firebase_sdk.js")} Bundle
 * @typedef {Bundle & {messaging: ReturnType<Bundle["getMessaging"]>}} Sdk
 */

/** @type {Promise<Sdk> | undefined} */
let loaded;

/** @param {Bundle} bundle @returns {Sdk} */
const started = (bundle) => ({
  ...bundle,
  messaging: bundle.getMessaging(bundle.initializeApp(JSON.parse(fcmConfig))),
});

/** The SDK and its one messaging object. */
function sdk() {
  loaded ??= import(BUNDLE).then(started);
  loaded.catch(() => (loaded = undefined)); // a bad line: the next try loads it again
  return loaded;
}

/**
 * The token of this browser: the one it has, or a fresh one when that is a week old.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<string>}
 */
export async function token(registration) {
  const { getToken, messaging } = await sdk();
  return getToken(messaging, { vapidKey: fcmKey, serviceWorkerRegistration: registration });
}

/** Ends the token at Google's side too. @param {ServiceWorkerRegistration} registration */
export async function forgetToken(registration) {
  const { deleteToken, messaging } = await sdk();
  // tells the SDK which worker is meant; it would register one of its own
  await token(registration).catch(() => null);
  await deleteToken(messaging);
}
