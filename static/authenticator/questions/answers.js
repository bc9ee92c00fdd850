// @ts-check
/**
 * One decision from the press of a button to the server's word. The signed body is kept until it is
 * answered and sent again as it is: a second signature would be other bytes, and the server would
 * no longer know it as the same decision.
 *
 * @import { Answer } from "../protocol/api.js"
 * @import { Fields } from "../protocol/canonical.js"
 * @import { Device } from "../protocol/devices.js"
 * @import { Challenge, Decision } from "../protocol/messages.js"
 *
 * @typedef {Challenge & {digits?: number, device: Device}} Question
 *
 * @typedef {object} Kept  a decision that no server has acknowledged yet
 * @property {string} challenge_id
 * @property {string} device_id
 * @property {string} body      as it was signed
 * @property {Challenge} question
 * @property {Decision} said
 *
 * @typedef {"approved" | "denied" | "not_me" | "wrong" | "expired" | "over" | "removed" | "clock"}
 *   Result
 *
 * @typedef {{result: Result, context: Fields, at: number}} LastAnswer  at: seconds, the server's
 */

import { call } from "../protocol/api.js";
import { canonical } from "../protocol/canonical.js";
import { timeOf } from "../protocol/clock.js";
import { devices } from "../protocol/devices.js";
import { decideBody } from "../protocol/messages.js";
import { forget, keep, readAll } from "../protocol/store.js";

/** @type {Map<unknown, Result>} */
const BY_CODE = new Map([
  ["wrong_number", "wrong"],
  ["clock_skew", "clock"],
  ["unauthorized", "removed"],
  ["expired", "expired"],
]);
/** @type {Map<unknown, Result>} */
const BY_STATE = new Map([
  ["approved", "approved"],
  ["denied", "denied"],
  ["not_me", "not_me"],
]);
const DONE_HERE = ["approved", "denied", "not_me", "wrong"];

/** No, and nothing more. @type {Decision} */
export const DENIAL = { decision: "deny", number: null, reason: "cancelled" };

/** @param {Answer} answer @param {Decision} said @returns {Result} */
export function resultOf({ status, code, data }, said) {
  if (status !== 200) return BY_CODE.get(code) ?? "over";
  if (data.state === "denied" && said.reason === "not_me") return "not_me";
  return BY_STATE.get(data.state) ?? "over";
}

/**
 * @param {Device} device
 * @param {Challenge} challenge
 * @param {Decision} said
 * @returns {Promise<Kept>}
 */
async function signed(device, challenge, said) {
  const { challenge_id, nonce, exp, context } = challenge;
  const body = await decideBody(device, challenge, device, { ...said, iat: timeOf(device) });
  const question = { challenge_id, nonce, exp, context };
  return { challenge_id, device_id: device.device_id, body, said, question };
}

/** @param {Device} device @param {Kept} kept */
const post = (device, kept) =>
  call(device, "POST", `/v1/authenticator/challenges/${kept.challenge_id}/answer`, kept.body);

/**
 * Sends what was kept until the server has spoken. Throws Unreachable, and keeps it, when it has
 * not.
 * @param {Device} device @param {Kept} kept @returns {Promise<Result>}
 */
export async function deliver(device, kept) {
  let answer = await post(device, kept);
  if (answer.code === "clock_skew") {
    // Refused for its age before it was looked at, so it counts for nothing. The clock is right by
    // now.
    const again = await signed(device, kept.question, kept.said);
    await keep("answers", again);
    answer = await post(device, again);
  }
  const result = resultOf(answer, kept.said);
  await forget("answers", kept.challenge_id);
  /** @type {LastAnswer} */
  const last = { result, context: kept.question.context, at: timeOf(device) };
  if (DONE_HERE.includes(result)) await keep("facts", last, "last");
  return result;
}

/** @param {Question} question @param {Decision} said @returns {Promise<Kept>} */
export async function decide(question, said) {
  const kept = await signed(question.device, question, said);
  await keep("answers", kept);
  return kept;
}

/**
 * Decisions that no server has acknowledged yet. Those of a device that was removed here are
 * dropped.
 */
export async function unsent() {
  const known = new Map((await devices()).map((device) => [device.device_id, device]));
  /** @type {{kept: Kept, question: Question}[]} */
  const found = [];
  /** @type {Kept[]} */
  const all = await readAll("answers");
  for (const kept of all) {
    const device = known.get(kept.device_id);
    if (device) found.push({ kept, question: { ...kept.question, device } });
    else await forget("answers", kept.challenge_id);
  }
  return found;
}

/**
 * Whether a context can be signed at all.
 * @param {unknown} context
 * @returns {context is Fields}
 */
export function isReadable(context) {
  try {
    if (typeof context !== "object" || context === null) return false;
    return canonical(/** @type {Fields} */ (context)) !== "{}";
  } catch {
    return false;
  }
}
