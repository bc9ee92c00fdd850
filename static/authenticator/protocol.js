// @ts-check
/**
 * nod-push-v1 as the authenticator speaks it: which bytes are signed, and how they travel.
 *
 * A signed message is one line that names it and one flat JSON object in RFC 8785 form. The bytes themselves never travel: the server
 * builds them again from what it knows, so a field that differs gives another message and no signature fits.
 *
 * @typedef {string | number | null} Value
 * @typedef {Record<string, Value>} Fields
 * @typedef {{x: string, y: string}} Point            the public key, base64url, 43 characters each
 * @typedef {{key: CryptoKey, jwk: Point}} Signer
 * @typedef {{challenge_id: string, nonce: string, exp: number, context: Fields}} Challenge
 * @typedef {{decision: "approve" | "deny", number: string | null, reason: "not_me" | "cancelled" | null}} Decision
 */

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const FIELD_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const ESCAPED = new Map([['"', '\\"'], ["\\", "\\\\"], ["\b", "\\b"], ["\t", "\\t"], ["\n", "\\n"], ["\f", "\\f"], ["\r", "\\r"]]);

/** Something that must never be signed: a shape outside the protocol. */
export class NotCanonical extends Error {}

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);

/** base64url without padding. @param {Uint8Array} raw */
export function base64url(raw) {
  const plain = btoa(Array.from(raw, (byte) => String.fromCharCode(byte)).join(""));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** SHA-256, base64url, 43 characters. @param {Uint8Array<ArrayBuffer> | string} data */
export async function digest(data) {
  const raw = typeof data === "string" ? utf8(data) : data;
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", raw)));
}

/** @param {string} text */
function written(text) {
  // A lone surrogate has no UTF-8 form: it would be signed as U+FFFD and mean something else.
  if (/\p{Surrogate}/u.test(text)) throw new NotCanonical("lone surrogate");
  const escape = (/** @type {string} */ char) => ESCAPED.get(char) ?? "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0");
  return '"' + text.replace(/["\\\u0000-\u001f]/g, escape) + '"';
}

/** @param {Value} value */
function literal(value) {
  if (value === null) return "null";
  if (typeof value === "string") return written(value);
  if (Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new NotCanonical("only strings, null and integers from 0");
}

/** Canonical JSON of one flat object: names sorted, no spaces, one spelling for everything. @param {Fields} fields */
export function canonical(fields) {
  const names = Object.keys(fields).sort();
  if (!names.every((name) => FIELD_NAME.test(name))) throw new NotCanonical("field name");
  return "{" + names.map((name) => `"${name}":${literal(fields[name])}`).join(",") + "}";
}

/** The bytes that are signed. @param {string} message @param {Fields} fields */
export const bytesToSign = (message, fields) => utf8(`nod-push-v1:${message}\n${canonical(fields)}`);

/** RFC 7638. @param {Point} point */
export const thumbprint = ({ x, y }) => digest(canonical({ crv: "P-256", kty: "EC", x, y }));

/** 128 random bits as an id, 22 characters. */
export const newId = () => base64url(crypto.getRandomValues(new Uint8Array(16)));

/** A key that can sign here and leave nowhere. @returns {Promise<Signer>} */
export async function makeSigner() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { key: pair.privateKey, jwk: { x: x ?? "", y: y ?? "" } };
}

/** Raw r and s, base64url, 86 characters. @param {CryptoKey} key @param {string} message @param {Fields} fields */
async function sign(key, message, fields) {
  return base64url(new Uint8Array(await crypto.subtle.sign(SIGNATURE, key, bytesToSign(message, fields))));
}

/** @param {string | null} text */
const digestOrNull = (text) => (text === null ? null : digest(text));

/**
 * Body of POST /v1/authenticator/pair.
 * @param {Signer} signer
 * @param {{aud: string, token: string, name: string, sub: string | null, iat: number}} pairing
 */
export async function pairBody({ key, jwk }, { aud, token, name, sub, iat }) {
  const fields = { aud, iat, name, key: await thumbprint(jwk), sub: await digestOrNull(sub), token: await digest(token) };
  return canonical({ iat, name, sub, token, x: jwk.x, y: jwk.y, sig: await sign(key, "pair", fields) });
}

/**
 * The Authorization header of every later call; `htu` is origin and path.
 * @param {Signer} signer
 * @param {{device_id: string, htm: string, htu: string, body: string, iat: number, jti: string}} request
 */
export async function requestHeader({ key }, { device_id, htm, htu, body, iat, jti }) {
  const sig = await sign(key, "request", { body: await digest(body), device_id, htm, htu, iat, jti });
  return `Nod ${device_id}.${iat}.${jti}.${sig}`;
}

/**
 * Body of an answer. `context` must be the very object that was shown; `own` is what this browser kept at pairing.
 * @param {Signer} signer
 * @param {Challenge} challenge
 * @param {{aud: string, device_id: string, user: string}} own
 * @param {Decision & {iat: number}} answer
 */
export async function decideBody({ key }, { challenge_id, nonce, exp, context }, { aud, device_id, user }, { decision, number, reason, iat }) {
  const ctx = await digest(canonical(context));
  const sig = await sign(key, "decide", { aud, challenge_id, ctx, decision, device_id, exp, iat, nonce, number, reason, user });
  return canonical({ decision, iat, number, reason, sig });
}

/**
 * Body of PUT /v1/authenticator/device: what holds afterwards, signed by the key that holds now (and by the next one, if there is one).
 * @param {Signer} signer
 * @param {Signer | null} next
 * @param {{aud: string, device_id: string, sub: string | null, iat: number}} state
 */
export async function rotateBody({ key, jwk }, next, { aud, device_id, sub, iat }) {
  const after = next ?? { key, jwk };
  const fields = { aud, device_id, iat, key: await thumbprint(after.jwk), old_key: await thumbprint(jwk), sub: await digestOrNull(sub) };
  const sig = await sign(key, "rotate", fields);
  const new_sig = next && (await sign(next.key, "rotate", fields));
  return canonical({ iat, new_sig, sig, sub, x: next && next.jwk.x, y: next && next.jwk.y });
}
