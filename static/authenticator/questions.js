// @ts-check
/**
 * One look into the inbox of one account. Page and service worker use the same code.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {import("./answers.js").Question} Question
 * @typedef {"ok" | "away" | "waiting" | "removed" | "clock" | "unreadable"} Standing   of one account, as its last answer says
 * @typedef {{questions: Question[], standing: Standing, wait: number}} Heard           wait: seconds that the server asked for
 */

import { isReadable } from "./answers.js";
import { call } from "./api.js";
import { changeDevice } from "./keys.js";

const PAIRING = 600; // s in which "unknown" means "not confirmed yet"
const SHAPE = { challenge_id: "string", nonce: "string", exp: "number" };

/** @param {any} item */
const isWhole = (item) => isReadable(item?.context) && Object.entries(SHAPE).every(([name, type]) => typeof item[name] === type);

/** @param {Device} device @returns {Standing} */
const unknown = (device) => (!device.confirmed && Date.now() / 1000 - device.paired_at < PAIRING ? "waiting" : "removed");

/** @param {Device} device @param {any[]} items @returns {Heard} */
function questionsOf(device, items) {
  const questions = items.filter(isWhole).map((item) => ({ ...item, device }));
  return { questions, standing: questions.length === items.length ? "ok" : "unreadable", wait: 0 };
}

/** Throws Unreachable where nobody answers. @param {Device} device @returns {Promise<Heard>} */
export async function askInbox(device) {
  const { status, code, data } = await call(device, "POST", "/v1/authenticator/inbox", "{}");
  if (status !== 200) return { questions: [], standing: code === "clock_skew" ? "clock" : unknown(device), wait: 0 };
  if (!device.confirmed) await changeDevice(device, { confirmed: true });
  return questionsOf(device, data.challenges);
}
