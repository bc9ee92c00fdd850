// @ts-check
/**
 * The push subscription of this browser, and telling the server about it. Page and service worker
 * use the same code.
 *
 * @import { Device } from "../protocol/devices.js"
 */

import { call } from "../protocol/api.js";
import { canonical } from "../protocol/canonical.js";
import { timeOf } from "../protocol/clock.js";
import { changeDevice } from "../protocol/devices.js";
import { rotateBody } from "../protocol/messages.js";

const PATH = "/v1/authenticator/device";

/**
 * The subscription as the protocol writes it; null for none.
 * @param {Pick<PushSubscription, "toJSON"> | null} subscription
 */
export function subscriptionText(subscription) {
  if (!subscription) return null;
  const { endpoint = "", keys: { auth = "", p256dh = "" } = {} } = subscription.toJSON();
  return canonical({ kind: "webpush", endpoint, auth, p256dh });
}

/** @param {Device} device @param {string | null} sub */
async function put(device, sub) {
  const body = await rotateBody(device, null, { ...device, sub, iat: timeOf(device) });
  return call(device, "PUT", PATH, body);
}

/**
 * Tells the server where to send this device's pushes, if it does not know.
 * @param {Device} device
 * @param {string | null} sub
 */
export async function tellServer(device, sub) {
  if (device.sub === sub) return;
  const first = await put(device, sub);
  // The body carries a time of its own; by now the clock is right.
  const answer = first.code === "clock_skew" ? await put(device, sub) : first;
  if (answer.status === 200) await changeDevice(device, { sub });
}
