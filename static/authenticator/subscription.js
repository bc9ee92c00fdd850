// @ts-check
/** The push address of this browser, and telling the server about it. Page and service worker use the same code. */

import { call, timeOf } from "./api.js";
import { changeDevice } from "./keys.js";
import { canonical, rotateBody } from "./protocol.js";

/** @typedef {import("./keys.js").Device} Device */

const PATH = "/v1/authenticator/device";

/** The subscription as the protocol writes it; null for none. @param {PushSubscription | null} subscription */
export function subscriptionText(subscription) {
  if (!subscription) return null;
  const { endpoint, keys } = subscription.toJSON();
  return canonical({ kind: "webpush", endpoint: endpoint ?? "", auth: keys?.auth ?? "", p256dh: keys?.p256dh ?? "" });
}

/** @param {Device} device @param {string | null} sub */
async function put(device, sub) {
  return call(device, "PUT", PATH, await rotateBody(device, null, { ...device, sub, iat: timeOf(device) }));
}

/** Tells the server where to send this device's pushes, if it does not know. @param {Device} device @param {string | null} sub */
export async function tellServer(device, sub) {
  if (device.sub === sub) return;
  const first = await put(device, sub);
  // The body carries a time of its own; by now the clock is right.
  const answer = first.code === "clock_skew" ? await put(device, sub) : first;
  if (answer.status === 200) await changeDevice(device, { sub });
}
