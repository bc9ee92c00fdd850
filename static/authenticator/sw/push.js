// @ts-check
/**
 * Pushes and presses. A push says only that there is something to look at, or that it is a test.
 *
 * @import { LastPush } from "../push/push_proof.js"
 */

import { devices } from "../protocol/devices.js";
import { forget, keep, read } from "../protocol/store.js";
import { keepProof, sendProofs } from "../push/push_proof.js";
import { closeEnded } from "../push/shown_notifications.js";
import { subscriptionText, tellServer } from "../push/subscription.js";
import { deny } from "./deny.js";
import { notify, openAuthenticator, showRequest, tagOf, tellWindows } from "./notifications.js";
import { worker } from "./shell.js";

const RANDOM = /^[A-Za-z0-9_-]{22}$/;
const OUTLIVED = 600_000; // ms; no question lives longer than the sign-in that asks it

/** @param {unknown} value @returns {string} the value if it is 22 characters of ours, else "" */
const random = (value) => (typeof value === "string" && RANDOM.test(value) ? value : "");

/**
 * Web Push brings the payload itself, Firebase wraps it and makes its numbers texts.
 * @param {PushMessageData | null} data
 */
function payloadOf(data) {
  try {
    const whole = data?.json();
    const { v, id, echo } = whole.data ?? whole;
    return String(v) === "1" ? { id: random(id), echo: random(echo) } : { id: "", echo: "" };
  } catch {
    return { id: "", echo: "" };
  }
}

/** It came through: the server hears so, and the page. @param {string} echo @param {number} at */
async function proveArrival(echo, at) {
  await keepProof(echo, at);
  await sendProofs();
  await tellWindows({ type: "proven" });
}

/**
 * Always shown, even beside an open window: browsers end the subscription of a worker that takes
 * pushes in silence.
 * @param {PushMessageData | null} data
 */
async function announce(data) {
  const at = Date.now();
  const { id, echo } = payloadOf(data);
  const shown = echo ? notify("echo-", { tag: tagOf("echo") }) : showRequest(id);
  /** @type {LastPush} */
  const push = { at, kind: echo ? "test" : "request" };
  const noted = keep("facts", push, "push");
  const tidied = closeEnded(worker.registration, [], at - OUTLIVED);
  const told = echo ? proveArrival(echo, at) : tellWindows({ type: "inbox" });
  await Promise.allSettled([shown, noted, tidied, told]);
}

/** @param {Notification} notification @param {string} action */
async function pressed(notification, action) {
  const { id } = notification.data ?? {};
  if (action === "deny" && id) return deny(id);
  notification.close();
  return openAuthenticator();
}

/**
 * A subscription of Firebase's is of no use without its SDK, which only the page has: until that is
 * opened, straight Web Push serves.
 */
async function freshSubscription() {
  const present = await worker.registration.pushManager.getSubscription();
  await present?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: nod.pushKey };
  return worker.registration.pushManager.subscribe(options);
}

/**
 * The browser took the push endpoint away: a new one, signed with each account's key.
 * @param {PushSubscriptionChangeEvent} event
 */
async function renewEndpoint({ newSubscription }) {
  /** @type {{text?: string} | undefined} */
  const firebase = await read("facts", "firebase");
  const isFirebase = firebase?.text !== undefined;
  const subscription = isFirebase ? null : newSubscription;
  const sub = subscriptionText(subscription ?? (await freshSubscription().catch(() => null)));
  if (isFirebase) await forget("facts", "firebase");
  await Promise.allSettled((await devices()).map((device) => tellServer(device, sub)));
}

worker.addEventListener("push", (event) => event.waitUntil(announce(event.data)));
worker.addEventListener("notificationclick", (event) => {
  event.waitUntil(pressed(event.notification, event.action));
});
worker.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renewEndpoint(event));
});
