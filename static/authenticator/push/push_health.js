// @ts-check
/**
 * What the server knows of the way to this device, asked for at each start and kept for the next.
 *
 * @import { Device } from "../protocol/devices.js"
 * @import { State } from "./notifications.js"
 * @import { PushHealth, PushStatus } from "./push_status.js"
 */

import { call, Unreachable } from "../protocol/api.js";
import { changeDevice, devices } from "../protocol/devices.js";
import { keep, read } from "../protocol/store.js";
import { notificationState, renew, syncNotifications } from "./notifications.js";
import { sendProofs } from "./push_proof.js";
import { statusOf, worst } from "./push_status.js";

const PATH = "/v1/authenticator/device";
const FRESH = 60; // s in which the first push may still be on its way

/** What it said last. @param {Device} device @returns {Promise<PushHealth | undefined>} */
export const healthOf = ({ device_id }) => read("facts", `view-${device_id}`);

/**
 * @param {Device} device
 * @returns {Promise<PushHealth | undefined>} undefined: it cannot say now
 */
export async function askHealth(device) {
  const answer = await call(device, "POST", `${PATH}/health`, "{}").catch(() => null);
  if (answer?.status !== 200) return undefined;
  const { push, services, now } = /** @type {PushHealth & object} */ (answer.data);
  const health = { push, services, now };
  await keep("facts", health, `view-${device.device_id}`);
  return health;
}

/**
 * Asks for a test push.
 * @param {Device} device
 * @returns {Promise<"sent" | "limit" | "away" | "refused">}
 */
export async function askForTest(device) {
  try {
    const { status } = await call(device, "POST", `${PATH}/test`, "{}");
    return status === 202 ? "sent" : "refused";
  } catch (error) {
    return error instanceof Unreachable && error.message === "429" ? "limit" : "away";
  }
}

/**
 * One word for this browser and all its accounts.
 * @returns {Promise<Exclude<State, "on"> | PushStatus>}
 */
export async function reachability() {
  const state = await notificationState();
  if (state !== "on") return state;
  const all = await Promise.all((await devices()).map(healthOf));
  return worst(all.map(statusOf));
}

/**
 * Mends what can be mended without asking anybody.
 * @returns {Promise<boolean>} whether the server is to be asked again
 */
async function mend() {
  const known = await devices();
  const all = await Promise.all(known.map(healthOf));
  const of = (/** @type {PushStatus} */ status) =>
    known.filter((_, at) => statusOf(all[at]) === status);
  const [gone, refused] = [of("gone"), of("refused")];
  const isLate = (/** @type {PushHealth | undefined} */ health) =>
    health?.push && health.now - health.push.created_at > FRESH;
  const late = of("waiting").filter((device) => isLate(all[known.indexOf(device)]));
  for (const device of refused) await changeDevice(device, { sub: null });
  if (gone.length) await renew();
  else if (refused.length) await syncNotifications();
  await Promise.all(late.map(askForTest));
  return gone.length + refused.length > 0;
}

/** Sends back what waits, then asks about every account. */
export async function learn() {
  await sendProofs();
  await Promise.all((await devices()).map(askHealth));
}

/** At each start of the page: tells the present endpoint, learns what came of it, mends. */
export async function resync() {
  await syncNotifications();
  await learn();
  if ((await notificationState()) === "on" && (await mend())) await learn();
}
