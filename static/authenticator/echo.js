// @ts-check
/**
 * The random value that a test push carries goes back to the server, signed: so it knows that its pushes arrive here and nowhere else.
 * Page and service worker use the same code.
 *
 * @typedef {{echo: string, at: number}} Echo   at: ms, when the push came
 */

import { call } from "./api.js";
import { devices } from "./keys.js";
import { canonical } from "./protocol.js";
import { forget, keep, read, readAll } from "./store.js";

const LIFE = 600_000; // ms for which the server takes it

/** One row for each, so that page and worker, at work at once, take nothing from each other. @param {string} echo */
const rowOf = (echo) => `echo=${echo}`;

/** Those that no account has been confirmed with yet. @returns {Promise<Echo[]>} */
async function pending() {
  const kept = (await readAll("facts")).filter((fact) => typeof fact?.echo === "string");
  const late = kept.filter(({ at }) => Date.now() - at >= LIFE);
  await Promise.all(late.map(({ echo }) => forget("facts", rowOf(echo))));
  return kept.filter((one) => !late.includes(one));
}

/** @param {import("./keys.js").Device} device @param {string} echo @returns {Promise<boolean>} whether it was meant for this account */
const isTaken = (device, echo) =>
  call(device, "POST", "/v1/authenticator/device/echo", canonical({ echo })).then(({ status }) => status === 200, () => false);

/** Which account it was sent to, the server says: several may live in this browser. @param {Echo} one @returns {Promise<boolean>} */
async function confirm({ echo, at }) {
  for (const device of await devices()) {
    if (!(await isTaken(device, echo))) continue;
    await keep("facts", at, `echo-${device.device_id}`);
    return true;
  }
  return false;
}

/** Keeps a value that has just come until the server has taken it. @param {string} echo @param {number} at ms */
export const keepEcho = (echo, at) => keep("facts", { echo, at }, rowOf(echo));

/** Sends back whatever waits. A refusal may pass: a device that is not confirmed yet is listened to a minute later. */
export async function sendEchoes() {
  for (const one of await pending()) if (await confirm(one)) await forget("facts", rowOf(one.echo));
}

/** When the last test push came that the server has taken from this account, ms; 0 for never. @param {string} deviceId @returns {Promise<number>} */
export const lastEcho = async (deviceId) => (await read("facts", `echo-${deviceId}`)) ?? 0;
