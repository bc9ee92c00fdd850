// @ts-check
/**
 * A test push to oneself: how long it takes from the press to the service worker, and what may be
 * wrong when it does not come.
 */

import { timeOf } from "../protocol/clock.js";
import { read } from "../protocol/store.js";
import { timeouts } from "../protocol/timeouts.js";
import { askForTest, askHealth } from "./push_health.js";
import { lastProof } from "./push_proof.js";
import { isStopped } from "./push_status.js";

/**
 * @import { Device } from "../protocol/devices.js"
 * @import { LastPush } from "./push_proof.js"
 *
 * @typedef {"arrived" | "unconfirmed" | "silent" | "failed" | "stopped" | "limit" | "away" |
 *   "refused"} End
 *
 * @typedef {object} Outcome
 * @property {End} end
 * @property {number} [took]    ms
 * @property {string} [reason]  the server's word for a failure
 */

const STEP = 200; // ms between two looks at what the worker noted
const ASK_AFTER = 4000; // ms, then the server is asked whether it could hand the push over

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What the server knows against this try, if anything.
 * @param {Device} device
 * @param {number} since s
 * @returns {Promise<Outcome | null>}
 */
async function complaint(device, since) {
  const health = await askHealth(device);
  if (health && isStopped(health)) return { end: "stopped" };
  const failed = (health?.push?.last_failure ?? 0) >= since;
  return failed ? { end: "failed", reason: health?.push?.reason ?? "" } : null;
}

/** The worker has seen it, though the server did not take its answer. @param {number} pressed ms */
async function hasCome(pressed) {
  /** @type {LastPush | undefined} */
  const push = await read("facts", "push");
  return push?.kind === "test" && push.at >= pressed;
}

/** @param {Device} device @param {number} pressed ms @returns {Promise<Outcome>} */
async function wait(device, pressed) {
  const since = timeOf(device);
  let asked = false;
  while (Date.now() - pressed < timeouts.testPush) {
    const at = await lastProof(device.device_id);
    if (at >= pressed) return { end: "arrived", took: at - pressed };
    if (!asked && Date.now() - pressed > ASK_AFTER) {
      asked = true;
      const found = await complaint(device, since);
      if (found) return found;
    }
    await sleep(STEP);
  }
  if (await hasCome(pressed)) return { end: "unconfirmed" };
  return (await complaint(device, since)) ?? { end: "silent" };
}

/** One test, from the press to its end. @param {Device} device @returns {Promise<Outcome>} */
export async function testPush(device) {
  const pressed = Date.now();
  const asked = await askForTest(device);
  return asked === "sent" ? wait(device, pressed) : { end: asked };
}
