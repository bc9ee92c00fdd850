// @ts-check
/**
 * Calls to the server. Everything is signed; nothing carries a cookie.
 *
 * @import { Device } from "./devices.js"
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} code                   of a problem; empty where there is none
 * @property {Record<string, unknown>} data  the whole body
 * @property {number | null} now             the server's time
 */

import { offsetAfter, ownTime, wasSkewed } from "./clock.js";
import { changeDevice } from "./devices.js";
import { newId, requestHeader } from "./messages.js";
import { timeouts } from "./timeouts.js";

const RETRY = 5; // s, when an overloaded server names no time

/**
 * No answer that settles anything: no connection, a fault, too many requests. The same bytes may be
 * sent again after `wait` seconds.
 */
export class Unreachable extends Error {
  /** @param {string} why @param {number} [wait] */
  constructor(why, wait = 0) {
    super(why);
    this.wait = wait;
  }
}

/** @param {Response} response @returns {Promise<Answer>} */
async function answerOf(response) {
  // Every answer of ours is a JSON object. Anything else is a hotel's login page or a proxy.
  const data = await response.json().catch(() => null);
  if (typeof data !== "object" || data === null) throw new Unreachable("not our server");
  const { code = "", now } = data;
  return { status: response.status, code, data, now: Number.isSafeInteger(now) ? now : null };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
export async function send(method, path, body, headers = {}) {
  const response = await fetch(path, {
    method,
    body,
    headers: { "Content-Type": "application/json", ...headers },
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(timeouts.answer),
  }).catch((error) => {
    throw new Unreachable(error.name);
  });
  if (response.status === 429 || response.status >= 500) {
    const wait = Number(response.headers.get("Retry-After")) || RETRY;
    throw new Unreachable(String(response.status), wait);
  }
  return answerOf(response);
}

/** @param {Device} device @param {string} method @param {string} path @param {string} body */
async function signedOnce(device, method, path, body) {
  const { device_id, aud, offset } = device;
  const sent = ownTime();
  const iat = sent + offset;
  const request = { device_id, htm: method, htu: aud + path, body, iat, jti: newId() };
  const headers = { Authorization: await requestHeader(device, request) };
  return { sent, iat, answer: await send(method, path, body, headers) };
}

/**
 * One signed call. A wrong clock is set right by the answer and the call signed again, once.
 * @param {Device} device @param {string} method @param {string} path @param {string} body
 * @returns {Promise<Answer>}
 */
export async function call(device, method, path, body) {
  const { sent, iat, answer } = await signedOnce(device, method, path, body);
  const { code, now } = answer;
  const offset = now === null ? device.offset : offsetAfter(device.offset, now, sent, ownTime());
  if (offset !== device.offset) await changeDevice(device, { offset });
  // The body may carry a time of its own: only a header that was really off is worth another try
  // with the same body.
  if (code !== "clock_skew" || !wasSkewed(iat, now)) return answer;
  return (await signedOnce(device, method, path, body)).answer;
}
