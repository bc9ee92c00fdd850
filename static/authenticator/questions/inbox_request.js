// @ts-check
/**
 * One look into the inbox of one account. Page and service worker use the same code.
 *
 * @import { Device } from "../protocol/devices.js"
 * @import { Challenge } from "../protocol/messages.js"
 * @import { Question } from "./answers.js"
 *
 * @typedef {"ok" | "away" | "waiting" | "removed" | "clock" | "unreadable"} Standing
 *   of one account, as its last answer says
 *
 * @typedef {object} Heard
 * @property {Question[]} questions
 * @property {Standing} standing
 * @property {number} wait  seconds that the server asked for
 */

import { call } from "../protocol/api.js";
import { changeDevice } from "../protocol/devices.js";
import { isReadable } from "./answers.js";

const PAIRING = 600; // s in which "unknown" means "not confirmed yet"
const SHAPE = { challenge_id: "string", nonce: "string", exp: "number" };

/**
 * @param {Record<string, unknown> | null} item
 * @returns {item is Challenge & {digits?: number}}
 */
const isWhole = (item) =>
  isReadable(item?.context) &&
  Object.entries(SHAPE).every(([name, type]) => typeof item?.[name] === type);

/** @param {Device} device @returns {Standing} */
const unknown = (device) =>
  !device.confirmed && Date.now() / 1000 - device.paired_at < PAIRING ? "waiting" : "removed";

/** @param {Device} device @param {(Record<string, unknown> | null)[]} items @returns {Heard} */
function questionsOf(device, items) {
  const questions = items.filter(isWhole).map((item) => ({ ...item, device }));
  return { questions, standing: questions.length === items.length ? "ok" : "unreadable", wait: 0 };
}

/** Throws Unreachable where nobody answers. @param {Device} device @returns {Promise<Heard>} */
export async function askInbox(device) {
  const { status, code, data } = await call(device, "POST", "/v1/authenticator/inbox", "{}");
  if (status !== 200) {
    return { questions: [], standing: code === "clock_skew" ? "clock" : unknown(device), wait: 0 };
  }
  if (!device.confirmed) await changeDevice(device, { confirmed: true });
  return questionsOf(device, /** @type {[]} */ (data.challenges));
}
