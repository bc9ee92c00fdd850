// @ts-check
/**
 * nod-push-v1 as a server checks it, for tests only: nothing here is shipped to a browser of a user.
 *
 * Built on the authenticator's own canonical form, digests and bytes, so that the frozen vectors try exactly the code that signs.
 * Each check throws Refused with a name of the protocol. Their order follows its table: before a good signature a stranger learns nothing.
 */

import { base64url, bytesToSign, canonical, digest, thumbprint } from "/static/authenticator/protocol.js";

export class Refused extends Error {}

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const LONGEST_BODY = 8192;
const LARGEST_SKEW = 60;
const ID = /^[A-Za-z0-9_-]{22}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const NUMBER = /^(?:[0-9]{3}|[0-9]{6})$/;
const HEADER = /^Nod ([A-Za-z0-9_-]{22})\.([1-9][0-9]{9})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]+)$/;
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
const TOKEN = { value: /^[A-Za-z0-9_:.-]{1,4096}$/ };
const SUBSCRIPTIONS = new Map([
  ["fcm-fid", TOKEN],
  ["fcm-token", TOKEN],
  ["webpush", { auth: ID, endpoint: /^https:\/\/[!-~]{1,1016}$/, p256dh: /^[A-Za-z0-9_-]{87}$/ }],
]);

/** @param {boolean} condition @param {string} name @returns {asserts condition} */
function demand(condition, name) {
  if (!condition) throw new Refused(name);
}

/** @param {unknown} value @param {RegExp} pattern */
const fits = (value, pattern) => typeof value === "string" && pattern.test(value);
/** @param {unknown} value */
const isTime = (value) => Number.isInteger(value) && /^[1-9][0-9]{9}$/.test(String(value));
/** @param {unknown} text @param {number} longest */
const isText = (text, longest) => typeof text === "string" && text !== "" && [...text].length <= longest && !/^ | $/.test(text) && !UNSEEN.test(text);

/** A canonical body or nothing: parse, write again, compare. @param {Uint8Array<ArrayBuffer>} raw */
function parsed(raw) {
  demand(raw.length <= LONGEST_BODY, "not_canonical");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    const fields = JSON.parse(text);
    if (Object.getPrototypeOf(fields) === Object.prototype && canonical(fields) === text) return fields;
  } catch {
    // Bad UTF-8, bad JSON and shapes without a canonical form end the same way.
  }
  throw new Refused("not_canonical");
}

/** @param {object} fields @param {string} names */
const demandNames = (fields, names) => demand(Object.keys(fields).sort().join(" ") === names, "bad_fields");

/** base64url of exactly `size` bytes in its only spelling. @param {unknown} text @param {number} size @param {string} name */
function decoded(text, size, name) {
  demand(fits(text, /^[A-Za-z0-9_-]+$/) && String(text).length === Math.ceil((size * 8) / 6), name);
  const raw = Uint8Array.from(atob(String(text).replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  demand(base64url(raw) === text, name);
  return raw;
}

/** @param {{x: unknown, y: unknown}} point */
async function publicKey({ x, y }) {
  decoded(x, 32, "bad_key");
  decoded(y, 32, "bad_key");
  const jwk = { kty: "EC", crv: "P-256", x: String(x), y: String(y) };
  try {
    return await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["verify"]);
  } catch {
    throw new Refused("bad_key");
  }
}

/** @param {{x: string, y: string}} point @param {unknown} sig @param {string} message @param {Record<string, any>} fields */
async function demandSignature(point, sig, message, fields) {
  const key = await publicKey(point);
  const raw = decoded(sig, 64, "bad_encoding");
  demand(await crypto.subtle.verify(SIGNATURE, key, raw, bytesToSign(message, fields)), "bad_signature");
}

/** @param {number} iat @param {number} now */
const demandClock = (iat, now) => demand(Math.abs(now - iat) <= LARGEST_SKEW, "clock_skew");

/** Digest of the subscription text, null for none. @param {unknown} sub */
async function subscription(sub) {
  if (sub === null) return null;
  demand(typeof sub === "string", "bad_value");
  const fields = parsed(new TextEncoder().encode(sub));
  const shape = SUBSCRIPTIONS.get(fields.kind);
  demand(shape !== undefined, "bad_value");
  demandNames(fields, ["kind", ...Object.keys(shape)].sort().join(" "));
  demand(Object.entries(shape).every(([name, pattern]) => fits(fields[name], pattern)), "bad_value");
  return digest(sub);
}

/** @param {Uint8Array<ArrayBuffer>} body @param {Record<string, any>} server what the server holds: aud, now, … */
export async function pair(body, { aud, now }) {
  const got = parsed(body);
  demandNames(got, "iat name sig sub token x y");
  demand(isTime(got.iat) && isText(got.name, 64) && fits(got.token, SECRET), "bad_value");
  const sub = await subscription(got.sub);
  await publicKey(got);
  const fields = { aud, iat: got.iat, key: await thumbprint(got), name: got.name, sub, token: await digest(got.token) };
  await demandSignature(got, got.sig, "pair", fields);
  demandClock(got.iat, now);
}

/** @param {Uint8Array<ArrayBuffer>} body @param {Record<string, any>} server @param {string} header */
export async function request(body, { key, device_id, htm, htu, seen, now }, header) {
  const found = HEADER.exec(header);
  demand(found !== null, "bad_header");
  const [, device, iat, jti, sig] = found;
  demand(device === device_id, "unknown_device");
  await demandSignature(key, sig, "request", { body: await digest(body), device_id, htm, htu, iat: Number(iat), jti });
  demandClock(Number(iat), now);
  demand(!seen.includes(jti), "replayed");
}

/** @param {Uint8Array<ArrayBuffer>} body @param {Record<string, any>} server */
export async function decide(body, { aud, challenge_id, nonce, device_id, user, exp, context, number, key, now }) {
  const got = parsed(body);
  demandNames(got, "decision iat number reason sig");
  const approves = got.decision === "approve" && fits(got.number, NUMBER) && got.reason === null;
  const denies = got.decision === "deny" && got.number === null && ["not_me", "cancelled"].includes(got.reason);
  demand(isTime(got.iat) && (approves || denies), "bad_value");
  const { decision, iat, reason } = got;
  const ctx = await digest(canonical(context));
  await demandSignature(key, got.sig, "decide", { aud, challenge_id, ctx, decision, device_id, exp, iat, nonce, number: got.number, reason, user });
  demand(now < exp, "expired");
  demandClock(iat, now);
  demand(!approves || got.number === number, "wrong_number");
}

/** @param {Uint8Array<ArrayBuffer>} body @param {Record<string, any>} server */
export async function rotate(body, { aud, device_id, key, now }) {
  const got = parsed(body);
  demandNames(got, "iat new_sig sig sub x y");
  const changes = [got.x, got.y, got.new_sig].filter((value) => value !== null).length;
  demand(isTime(got.iat) && (changes === 0 || changes === 3), "bad_value");
  const next = changes ? { x: got.x, y: got.y } : key;
  await publicKey(next);
  const sub = await subscription(got.sub);
  const fields = { aud, device_id, iat: got.iat, key: await thumbprint(next), old_key: await thumbprint(key), sub };
  await demandSignature(key, got.sig, "rotate", fields);
  if (changes) await demandSignature(next, got.new_sig, "rotate", fields);
  demandClock(got.iat, now);
}
