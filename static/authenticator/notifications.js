// @ts-check
/**
 * Whether requests may show as notifications. Permission is asked for at the press of a button and never before.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {"on" | "off" | "blocked" | "nowhere" | "unsupported"} State   nowhere: allowed, but this browser has no push service
 */

import { devices } from "./keys.js";
import { keep, read } from "./store.js";
import { subscriptionText, tellServer } from "./subscription.js";
import { registration } from "./worker.js";

const PATIENCE = 10_000; // ms; where no push service can be reached Chromium never answers
const pushKey = document.querySelector("main")?.dataset.pushKey ?? "";

/** @template T @param {Promise<T>} promise @returns {Promise<T | null>} null when it fails or takes too long */
const inTime = (promise) => Promise.race([promise.catch(() => null), new Promise((resolve) => setTimeout(resolve, PATIENCE, null))]);

/** @returns {Promise<PushSubscription | null>} */
async function current() {
  const manager = (await registration())?.pushManager;
  return manager ? inTime(manager.getSubscription()) : null;
}

/** @returns {Promise<PushSubscription | null>} */
async function subscribe() {
  if (!(await registration())) return null;
  const manager = (await navigator.serviceWorker.ready).pushManager;
  return manager && inTime(manager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey }));
}

/** @returns {Promise<State>} */
export async function notificationState() {
  if (!("Notification" in window) || !("PushManager" in window) || !(await registration())) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  if (Notification.permission === "default" || !(await read("facts", "wanted"))) return "off";
  return (await current()) ? "on" : "nowhere";
}

/** The text of the address pushes go to now, for a new pairing. */
export const currentAddress = async () => subscriptionText(await current());

/** Tells every account's server side of the present address: browsers change it without a word, so this runs at each start. */
export async function syncNotifications() {
  const sub = await currentAddress();
  const told = (await devices()).map((device) => tellServer(device, sub));
  await Promise.allSettled(told);
}

/** Only from the press of a button. */
export async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return;
  await keep("facts", true, "wanted");
  await subscribe();
  await syncNotifications();
}

export async function turnOff() {
  await keep("facts", false, "wanted");
  await (await current())?.unsubscribe();
  await syncNotifications();
}
