// @ts-check
/**
 * The proof that pushes arrive here and nowhere else: the random value that a test push carries
 * goes back to the server, signed. On the wire it is called `echo`. Page and service worker use the
 * same code.
 *
 * @import { Device } from "../protocol/devices.js"
 *
 * @typedef {{echo: string, at: number}} Proof  at: ms, when the push came
 * @typedef {{kind: "test" | "request", at: number}} LastPush  of any account, test or not
 */

import { call } from "../protocol/api.js";
import { canonical } from "../protocol/canonical.js";
import { devices } from "../protocol/devices.js";
import { forget, keep, read, readAll } from "../protocol/store.js";

const PROOF_PATH = "/v1/authenticator/device/echo";
const LIFE = 600_000; // ms for which the server takes it

/**
 * One row for each, so that page and worker, at work at once, take nothing from each other.
 * @param {string} echo
 */
const rowOf = (echo) => `echo=${echo}`;

/**
 * The store holds other things, too.
 * @param {unknown} fact
 * @returns {fact is Proof}
 */
const isProof = (fact) => typeof (/** @type {Partial<Proof> | null} */ (fact)?.echo) === "string";

/** Those that no account has been confirmed with yet. @returns {Promise<Proof[]>} */
async function pending() {
  const kept = (await readAll("facts")).filter(isProof);
  const late = kept.filter(({ at }) => Date.now() - at >= LIFE);
  await Promise.all(late.map(({ echo }) => forget("facts", rowOf(echo))));
  return kept.filter((one) => !late.includes(one));
}

/**
 * @param {Device} device
 * @param {string} echo
 * @returns {Promise<boolean>} whether it was meant for this account
 */
const isTaken = (device, echo) =>
  call(device, "POST", PROOF_PATH, canonical({ echo })).then(
    ({ status }) => status === 200,
    () => false,
  );

/**
 * Which account it was sent to, the server says: several may live in this browser.
 * @param {Proof} one
 * @returns {Promise<boolean>}
 */
async function confirm({ echo, at }) {
  for (const device of await devices()) {
    if (!(await isTaken(device, echo))) continue;
    await keep("facts", at, `echo-${device.device_id}`);
    return true;
  }
  return false;
}

/**
 * Keeps a value that has just come until the server has taken it.
 * @param {string} echo
 * @param {number} at ms
 */
export const keepProof = (echo, at) => keep("facts", { echo, at }, rowOf(echo));

/**
 * Sends back whatever waits. A refusal may pass: a device that is not confirmed yet is listened to
 * a minute later.
 */
export async function sendProofs() {
  for (const one of await pending()) if (await confirm(one)) await forget("facts", rowOf(one.echo));
}

/**
 * When the last test push came that the server has taken from this account, ms; 0 for never.
 * @param {string} deviceId
 * @returns {Promise<number>}
 */
export const lastProof = async (deviceId) => (await read("facts", `echo-${deviceId}`)) ?? 0;
