// @ts-check
/**
 * One decision from the press of a button to the server's word. The signed body is kept until it is answered and sent again as it is:
 * a second signature would be other bytes, and the server would no longer know it as the same decision.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {import("./protocol.js").Challenge & {digits?: number, device: Device}} Question
 * @typedef {{challenge_id: string, device_id: string, body: string, question: import("./protocol.js").Challenge, said: Said}} Kept
 * @typedef {import("./protocol.js").Decision} Said
 * @typedef {"approved" | "denied" | "not_me" | "wrong" | "expired" | "over" | "removed" | "clock"} Result
 */

import { call, timeOf } from "./api.js";
import { devices } from "./keys.js";
import { canonical, decideBody } from "./protocol.js";
import { forget, keep, readAll } from "./store.js";

/** @type {Record<string, Result>} */
const BY_CODE = { wrong_number: "wrong", clock_skew: "clock", unauthorized: "removed", expired: "expired" };
/** @type {Record<string, Result>} */
const BY_STATE = { approved: "approved", denied: "denied", not_me: "not_me" };
const DONE_HERE = ["approved", "denied", "not_me", "wrong"];

/** No, and nothing more. @type {Said} */
export const DENIAL = { decision: "deny", number: null, reason: "cancelled" };

/** @param {import("./api.js").Answer} answer @param {Said} said @returns {Result} */
export function resultOf({ status, code, data }, said) {
  if (status !== 200) return BY_CODE[code] ?? "over";
  if (data.state === "denied" && said.reason === "not_me") return "not_me";
  return BY_STATE[data.state] ?? "over";
}

/** @param {Device} device @param {import("./protocol.js").Challenge} question @param {Said} said @returns {Promise<Kept>} */
async function signed(device, question, said) {
  const { challenge_id, nonce, exp, context } = question;
  const body = await decideBody(device, question, device, { ...said, iat: timeOf(device) });
  return { challenge_id, device_id: device.device_id, body, said, question: { challenge_id, nonce, exp, context } };
}

/** @param {Device} device @param {Kept} kept */
const post = (device, kept) => call(device, "POST", `/v1/authenticator/challenges/${kept.challenge_id}/answer`, kept.body);

/**
 * Sends what was kept until the server has spoken. Throws Unreachable, and keeps it, when it has not.
 * @param {Device} device @param {Kept} kept @returns {Promise<Result>}
 */
export async function deliver(device, kept) {
  let answer = await post(device, kept);
  if (answer.code === "clock_skew") {
    // Refused for its age before it was looked at, so it counts for nothing; the clock is right by now.
    const again = await signed(device, kept.question, kept.said);
    await keep("answers", again);
    answer = await post(device, again);
  }
  const result = resultOf(answer, kept.said);
  await forget("answers", kept.challenge_id);
  if (DONE_HERE.includes(result)) await keep("facts", { result, context: kept.question.context, at: timeOf(device) }, "last");
  return result;
}

/** @param {Question} question @param {Said} said @returns {Promise<Kept>} */
export async function decide(question, said) {
  const kept = await signed(question.device, question, said);
  await keep("answers", kept);
  return kept;
}

/** Decisions that no server has acknowledged yet. Those of a device that was removed here are dropped. */
export async function unsent() {
  const known = new Map((await devices()).map((device) => [device.device_id, device]));
  /** @type {{kept: Kept, question: Question}[]} */
  const found = [];
  for (const kept of /** @type {Kept[]} */ (await readAll("answers"))) {
    const device = known.get(kept.device_id);
    if (device) found.push({ kept, question: { ...kept.question, device } });
    else await forget("answers", kept.challenge_id);
  }
  return found;
}

/** Whether a context can be signed at all. @param {any} context */
export function isReadable(context) {
  try {
    return typeof context === "object" && context !== null && canonical(context) !== "{}";
  } catch {
    return false;
  }
}
