// @ts-check
/**
 * Calls to the server. Everything is signed; nothing carries a cookie.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {{status: number, code: string, data: any, now: number | null}} Answer
 */

import { changeDevice } from "./keys.js";
import { patience } from "./patience.js";
import { newId, requestHeader } from "./protocol.js";

const LARGEST_SKEW = 60; // s, what the server forgives
const SLACK = 5; // s, below this the clock is left alone
const RETRY = 5; // s, when an overloaded server names no time

/** No answer that settles anything: no connection, a fault, too many requests. The same bytes may be sent again after `wait` seconds. */
export class Unreachable extends Error {
  /** @param {string} why @param {number} [wait] */
  constructor(why, wait = 0) {
    super(why);
    this.wait = wait;
  }
}

/** @param {Response} response @returns {Promise<Answer>} */
async function answerOf(response) {
  // Every answer of ours is a JSON object. Anything else is a hotel's login page or a proxy speaking.
  const data = await response.json().catch(() => null);
  if (typeof data !== "object" || data === null) throw new Unreachable("not our server");
  return { status: response.status, code: data.code ?? "", data, now: Number.isSafeInteger(data.now) ? data.now : null };
}

/** @param {string} method @param {string} path @param {string} body @param {Record<string, string>} [headers] @returns {Promise<Answer>} */
export async function send(method, path, body, headers = {}) {
  const response = await fetch(path, {
    method,
    body,
    headers: { "Content-Type": "application/json", ...headers },
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(patience.answer),
  }).catch((error) => {
    throw new Unreachable(error.name);
  });
  if (response.status === 429 || response.status >= 500) {
    throw new Unreachable(String(response.status), Number(response.headers.get("Retry-After")) || RETRY);
  }
  return answerOf(response);
}

const seconds = () => Math.floor(Date.now() / 1000);

/** The server's time as far as this device knows. @param {{offset: number}} device */
export const timeOf = (device) => seconds() + device.offset;

/** Whether a time we signed was too far from the server's. @param {number} iat @param {number | null} now */
export const wasSkewed = (iat, now) => now !== null && Math.abs(now - iat) > LARGEST_SKEW;

/**
 * Learns the server's time from an answer. `now` was right at some moment while it was waited for, and that may have been long: the device may
 * have slept. @param {Device} device @param {number | null} now @param {number} sent this device's time then, in seconds
 */
async function setClock(device, now, sent) {
  if (now === null) return;
  const [least, most] = [now - seconds(), now - sent];
  const offset = Math.min(Math.max(device.offset, least), most);
  if (Math.abs(offset - device.offset) > SLACK) await changeDevice(device, { offset });
}

/** @param {Device} device @param {string} method @param {string} path @param {string} body */
async function signedOnce(device, method, path, body) {
  const sent = seconds();
  const iat = sent + device.offset;
  const request = { device_id: device.device_id, htm: method, htu: device.aud + path, body, iat, jti: newId() };
  return { sent, iat, answer: await send(method, path, body, { Authorization: await requestHeader(device, request) }) };
}

/**
 * One signed call. A wrong clock is set right by the answer and the call signed again, once.
 * @param {Device} device @param {string} method @param {string} path @param {string} body
 * @returns {Promise<Answer>}
 */
export async function call(device, method, path, body) {
  const { sent, iat, answer } = await signedOnce(device, method, path, body);
  await setClock(device, answer.now, sent);
  // The body may carry a time of its own: only a header that was really off is worth another try with the same body.
  if (answer.code === "clock_skew" && wasSkewed(iat, answer.now)) return (await signedOnce(device, method, path, body)).answer;
  return answer;
}
