// @ts-check
/**
 * Whether requests may show as notifications. Permission is asked for at the press of a button and
 * never before.
 *
 * @typedef {"on" | "off" | "blocked" | "nowhere" | "unsupported" | "ios" | "ios-old"} State
 *   nowhere: allowed, but this browser has no push service
 */

import { devices } from "../protocol/devices.js";
import { keep, read } from "../protocol/store.js";
import { appleObstacle } from "./platform.js";
import { current, present, register, unregister } from "./push_endpoint.js";
import { tellServer } from "./subscription.js";
import { registration } from "./worker.js";

/** Whether the person wants them and the browser lets us. */
const isWanted = async () =>
  "Notification" in window &&
  Notification.permission === "granted" &&
  (await read("facts", "wanted")) === true;

/** @returns {Promise<State>} */
export async function notificationState() {
  const apple = appleObstacle();
  if (apple) return apple;
  if (!("Notification" in window) || !("PushManager" in window)) return "unsupported";
  if (!(await registration())) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  if (!(await isWanted())) return "off";
  return (await current()) ? "on" : "nowhere";
}

/** The endpoint pushes go to now, for a new pairing. @returns {Promise<string | null>} */
export const currentEndpoint = async () => (await present()) ?? null;

/**
 * Tells every account's server side of the present endpoint: browsers change it without a word, so
 * this runs at each start.
 */
export async function syncNotifications() {
  const sub = (await isWanted()) ? await register() : await present();
  if (sub === undefined) return; // the browser has not said; what the server knows may be right
  await Promise.allSettled((await devices()).map((device) => tellServer(device, sub)));
}

/** Only from the press of a button. */
export async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return;
  await keep("facts", true, "wanted");
  await syncNotifications();
}

export async function turnOff() {
  await keep("facts", false, "wanted");
  await unregister();
  await syncNotifications();
}

/** A new endpoint in place of one that the push service no longer knows. */
export async function renew() {
  await unregister();
  await syncNotifications();
}
