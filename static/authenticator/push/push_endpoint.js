// @ts-check
/**
 * Where pushes to this browser go: through Firebase where the server wants that and it works, else
 * straight to the browser's push service.
 */

import { base64url, canonical } from "../protocol/canonical.js";
import { forget, keep, read } from "../protocol/store.js";
import { timeouts } from "../protocol/timeouts.js";
import * as fcm from "./fcm.js";
import { subscriptionText } from "./subscription.js";
import { registration } from "./worker.js";

// ms until Firebase is tried again after it failed: each try costs the endpoint that works
const AGAIN = 86_400_000;
const pushKey = document.querySelector("main")?.dataset.pushKey ?? "";

/** @returns {Promise<undefined>} */
const late = () => new Promise((resolve) => setTimeout(resolve, timeouts.pushService, undefined));

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T | null | undefined>} null: it failed; undefined: it takes too long
 */
const inTime = (promise) => Promise.race([promise.catch(() => null), late()]);

/**
 * The present subscription; made with whichever key.
 * @returns {Promise<PushSubscription | null | undefined>}
 */
export async function current() {
  const manager = (await registration())?.pushManager;
  return manager ? inTime(manager.getSubscription()) : null;
}

/**
 * The subscription that was made with this key. One with another key is ended: nobody can send to
 * it any more, and a browser makes only one.
 * @param {string} key @returns {Promise<PushSubscription | null>}
 */
async function presentWith(key) {
  const subscription = (await current()) ?? null;
  const made = subscription?.options?.applicationServerKey;
  if (!made || base64url(new Uint8Array(made)) === key) return subscription;
  await subscription.unsubscribe();
  return null;
}

/** @returns {Promise<string | null | undefined>} */
async function viaWebPush() {
  if (!(await registration())) return null;
  const manager = (await navigator.serviceWorker.ready).pushManager;
  if (!manager) return null;
  // Safari subscribes only at the press of a button, so what is there is taken as it is.
  const options = { userVisibleOnly: true, applicationServerKey: pushKey };
  const made = () => inTime(manager.subscribe(options));
  const subscription = (await presentWith(pushKey)) ?? (await made());
  return subscription && subscriptionText(subscription);
}

/**
 * What is kept of Firebase.
 * @typedef {object} Firebase
 * @property {string} [text]    the token as the protocol writes it
 * @property {number} [failed]  ms, when there was none to have
 */

/** @param {Firebase} known @returns {Promise<string | null>} */
async function viaFirebase(known) {
  await registration();
  await presentWith(fcm.key);
  const value = await inTime(fcm.token(await navigator.serviceWorker.ready));
  // A token that we have goes on working as long as its subscription is there: a bad line is no
  // reason to leave it.
  if (!value && known.text) return (await current()) ? known.text : null;
  const text = value ? canonical({ kind: "fcm-token", value }) : null;
  await keep("facts", text ? { text } : { failed: Date.now() }, "firebase");
  return text;
}

/** @returns {Promise<Firebase>} */
const kept = async () => (await read("facts", "firebase")) ?? {};

/**
 * What the server should know now; makes an endpoint where there is none.
 * @returns {Promise<string | null | undefined>} undefined: cannot be told yet
 */
export async function register() {
  const known = await kept();
  const tryIt = fcm.isOn && navigator.serviceWorker && !(Date.now() - (known.failed ?? 0) < AGAIN);
  return (tryIt && (await viaFirebase(known))) || viaWebPush();
}

/** The endpoint that is there, and no new one. @returns {Promise<string | null | undefined>} */
export async function present() {
  const subscription = await current();
  const { text } = await kept();
  return subscription && (fcm.isOn && text ? text : subscriptionText(subscription));
}

/** Gives the endpoint up, on the other side as well. */
export async function unregister() {
  const [there, { text }] = [await registration(), await kept()];
  if (there && text) await inTime(fcm.forgetToken(there));
  await forget("facts", "firebase");
  await (await current())?.unsubscribe();
}
