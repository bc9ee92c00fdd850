// @ts-check
/**
 * nod-push-v1 as a server checks it, for tests only: no browser of a user ever sees it.
 *
 * Built on the authenticator's own canonical form, digests and bytes, so that the frozen vectors
 * try exactly the code that signs. Each check throws Refused with a name of the protocol. Their
 * order follows its table: before a good signature a stranger learns nothing.
 *
 * @import { Fields, Point } from "../../../static/authenticator/protocol/canonical.js"
 * @import { Call, Challenge } from "../../../static/authenticator/protocol/messages.js"
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {object} Own  what the server holds of a device
 * @property {Point & {kty: string, crv: string, d?: string}} key
 * @property {string} aud
 * @property {string} user
 * @property {number} now
 * @property {string} number  that the page shows
 * @property {string[]} seen  ids of requests
 *
 * @typedef {Own & Challenge & Omit<Call, "body">} Held
 */

import {
  base64url,
  canonical,
  digest,
  thumbprint,
} from "../../../static/authenticator/protocol/canonical.js";
import { bytesToSign } from "../../../static/authenticator/protocol/messages.js";

export class Refused extends Error {}

export const CURVE = { name: "ECDSA", namedCurve: "P-256" };
export const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const LONGEST_BODY = 8192;
const LARGEST_SKEW = 60;
const ID = /^[A-Za-z0-9_-]{22}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const NUMBER = /^(?:[0-9]{3}|[0-9]{6})$/;
const HEADER = /^Nod ([A-Za-z0-9_-]{22})\.([1-9][0-9]{9})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]+)$/;
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
const TOKEN = { value: /^[A-Za-z0-9_:.-]{1,4096}$/ };
const ENDPOINT = /^https:\/\/[!-~]{1,1016}$/;
/** @type {Map<unknown, Record<string, RegExp>>} */
const SUBSCRIPTIONS = new Map();
SUBSCRIPTIONS.set("fcm-fid", TOKEN);
SUBSCRIPTIONS.set("fcm-token", TOKEN);
SUBSCRIPTIONS.set("webpush", { auth: ID, endpoint: ENDPOINT, p256dh: /^[A-Za-z0-9_-]{87}$/ });

/** @param {boolean} condition @param {string} name @returns {asserts condition} */
function demand(condition, name) {
  if (!condition) throw new Refused(name);
}

/** @param {unknown} value @param {RegExp} pattern @returns {value is string} */
const fits = (value, pattern) => typeof value === "string" && pattern.test(value);
/** @param {unknown} value @returns {value is number} */
const isTime = (value) => Number.isInteger(value) && /^[1-9][0-9]{9}$/.test(String(value));
/** @param {unknown} text @param {number} longest @returns {text is string} */
const isText = (text, longest) =>
  typeof text === "string" &&
  text !== "" &&
  [...text].length <= longest &&
  !/^ | $/.test(text) &&
  !UNSEEN.test(text);

/**
 * A canonical body or nothing: parse, write again, compare.
 * @param {Bytes} body
 * @returns {Fields}
 */
function parsed(body) {
  demand(body.length <= LONGEST_BODY, "not_canonical");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    const fields = JSON.parse(text);
    const isPlain = Object.getPrototypeOf(fields) === Object.prototype;
    if (isPlain && canonical(fields) === text) return fields;
  } catch {
    // Bad UTF-8, bad JSON and shapes without a canonical form end the same way.
  }
  throw new Refused("not_canonical");
}

/** @param {Fields} fields @param {string} names */
const demandNames = (fields, names) =>
  demand(Object.keys(fields).sort().join(" ") === names, "bad_fields");

/** @param {Bytes} body @param {string} names of all its fields */
function named(body, names) {
  const fields = parsed(body);
  demandNames(fields, names);
  return fields;
}

/**
 * base64url of exactly `size` bytes in its only spelling.
 * @param {unknown} text
 * @param {number} size
 * @param {string} name
 */
function decoded(text, size, name) {
  demand(fits(text, /^[A-Za-z0-9_-]+$/) && String(text).length === Math.ceil((size * 8) / 6), name);
  const bytes = raw(String(text));
  demand(base64url(bytes) === text, name);
  return bytes;
}

/** @param {{x?: unknown, y?: unknown}} point */
async function publicKey(point) {
  const { x, y } = pointOf(point);
  decoded(x, 32, "bad_key");
  decoded(y, 32, "bad_key");
  const jwk = { kty: "EC", crv: "P-256", x, y };
  try {
    return await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["verify"]);
  } catch {
    throw new Refused("bad_key");
  }
}

/** @param {{x?: unknown, y?: unknown}} point @returns {Point} */
const pointOf = ({ x, y }) => ({ x: String(x), y: String(y) });

/**
 * @param {Point} point
 * @param {unknown} sig
 * @param {string} message
 * @param {Fields} fields
 */
async function demandSignature(point, sig, message, fields) {
  const key = await publicKey(point);
  const bytes = decoded(sig, 64, "bad_encoding");
  const isGood = crypto.subtle.verify(SIGNATURE, key, bytes, bytesToSign(message, fields));
  demand(await isGood, "bad_signature");
}

/** @param {number} iat @param {number} now */
const demandClock = (iat, now) => demand(Math.abs(now - iat) <= LARGEST_SKEW, "clock_skew");

/** base64url of anything. @param {string} text */
export function raw(text) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (char) => char.charCodeAt(0));
}

/** Digest of the subscription text, null for none. @param {unknown} sub */
async function subscription(sub) {
  if (sub === null) return null;
  demand(typeof sub === "string", "bad_value");
  const fields = parsed(new TextEncoder().encode(sub));
  const shape = SUBSCRIPTIONS.get(fields.kind);
  demand(shape !== undefined, "bad_value");
  demandNames(fields, ["kind", ...Object.keys(shape)].sort().join(" "));
  const isGood = Object.entries(shape).every(([name, pattern]) => fits(fields[name], pattern));
  demand(isGood, "bad_value");
  return digest(sub);
}

/** @param {Bytes} body @param {Held} held */
async function pair(body, { aud, now }) {
  const { iat, name, token, sub, sig, ...point } = named(body, "iat name sig sub token x y");
  demand(isTime(iat) && isText(name, 64) && fits(token, SECRET), "bad_value");
  const address = await subscription(sub);
  await publicKey(point);
  const own = { aud, iat, key: await thumbprint(pointOf(point)), name };
  const fields = { ...own, sub: address, token: await digest(token) };
  await demandSignature(pointOf(point), sig, "pair", fields);
  demandClock(iat, now);
}

/** @param {Bytes} body @param {Held} held @param {string} header */
async function request(body, { key, device_id, htm, htu, seen, now }, header) {
  const [found, device, iat = "", jti = "", sig] = HEADER.exec(header) ?? [];
  demand(found !== undefined, "bad_header");
  demand(device === device_id, "unknown_device");
  const fields = { body: await digest(body), device_id, htm, htu, iat: Number(iat), jti };
  await demandSignature(key, sig, "request", fields);
  demandClock(Number(iat), now);
  demand(!seen.includes(jti), "replayed");
}

/** @param {Bytes} body @param {Held} held */
async function decide(body, held) {
  const { aud, challenge_id, nonce, device_id, user, exp, context, key, now } = held;
  const { decision = "", iat, number = "", reason = "", sig } = named(
    body,
    "decision iat number reason sig",
  );
  const approves = decision === "approve" && fits(number, NUMBER) && reason === null;
  const isReason = reason === "not_me" || reason === "cancelled";
  const denies = decision === "deny" && number === null && isReason;
  demand(isTime(iat) && (approves || denies), "bad_value");
  const asked = { aud, challenge_id, ctx: await digest(canonical(context)), exp, nonce };
  const said = { decision, device_id, iat, number, reason, user };
  await demandSignature(key, sig, "decide", { ...asked, ...said });
  demand(now < exp, "expired");
  demandClock(iat, now);
  demand(!approves || number === held.number, "wrong_number");
}

/** @param {Bytes} body @param {Held} held */
async function rotate(body, { aud, device_id, key, now }) {
  const { iat, new_sig, sig, sub, x, y } = named(body, "iat new_sig sig sub x y");
  const changes = [x, y, new_sig].filter((value) => value !== null).length;
  demand(isTime(iat) && (changes === 0 || changes === 3), "bad_value");
  const next = changes ? pointOf({ x, y }) : key;
  await publicKey(next);
  const keys = { key: await thumbprint(next), old_key: await thumbprint(key) };
  const fields = { aud, device_id, iat, ...keys, sub: await subscription(sub) };
  await demandSignature(key, sig, "rotate", fields);
  if (changes) await demandSignature(next, new_sig, "rotate", fields);
  demandClock(iat, now);
}

export const verify = { pair, request, decide, rotate };
