// @ts-check
/**
 * nod-push-v1 as the authenticator speaks it: which bytes are signed, and how they travel.
 *
 * A signed message is one line that names it and one flat JSON object in RFC 8785 form. The bytes
 * themselves never travel: the server builds them again from what it knows, so a field that differs
 * gives another message and no signature fits.
 *
 * @import { Fields, Point } from "./canonical.js"
 *
 * @typedef {{key: CryptoKey, jwk: Point}} Signer
 * @typedef {{challenge_id: string, nonce: string, exp: number, context: Fields}} Challenge
 *
 * @typedef {object} Decision
 * @property {"approve" | "deny"} decision
 * @property {string | null} number
 * @property {"not_me" | "cancelled" | null} reason
 */

import { base64url, canonical, digest, thumbprint, utf8 } from "./canonical.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
/** The bytes that are signed. @param {string} message @param {Fields} fields */
export const bytesToSign = (message, fields) =>
  utf8(`nod-push-v1:${message}\n${canonical(fields)}`);

/** 128 random bits as an id, 22 characters. */
export const newId = () => base64url(crypto.getRandomValues(new Uint8Array(16)));

/** A key that can sign here and leave nowhere. @returns {Promise<Signer>} */
export async function makeSigner() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { key: pair.privateKey, jwk: { x: x ?? "", y: y ?? "" } };
}

/**
 * Raw r and s, base64url, 86 characters.
 * @param {CryptoKey} key
 * @param {string} message
 * @param {Fields} fields
 */
async function sign(key, message, fields) {
  const raw = await crypto.subtle.sign(SIGNATURE, key, bytesToSign(message, fields));
  return base64url(new Uint8Array(raw));
}

/** @param {string | null} text */
const digestOrNull = (text) => (text === null ? null : digest(text));

/**
 * Body of POST /v1/authenticator/pair.
 * @param {Signer} signer
 * @param {{aud: string, token: string, name: string, sub: string | null, iat: number}} pairing
 */
export async function pairBody({ key, jwk }, { aud, token, name, sub, iat }) {
  const fields = {
    aud,
    iat,
    name,
    key: await thumbprint(jwk),
    sub: await digestOrNull(sub),
    token: await digest(token),
  };
  const sig = await sign(key, "pair", fields);
  return canonical({ iat, name, sig, sub, token, x: jwk.x, y: jwk.y });
}

/**
 * The Authorization header of every later call; `htu` is origin and path.
 * @typedef {{device_id: string, htm: string, htu: string, body: string}} Call
 * @param {Signer} signer
 * @param {Call & {iat: number, jti: string}} request
 */
export async function requestHeader({ key }, { device_id, htm, htu, body, iat, jti }) {
  const fields = { body: await digest(body), device_id, htm, htu, iat, jti };
  const sig = await sign(key, "request", fields);
  return `Nod ${device_id}.${iat}.${jti}.${sig}`;
}

/**
 * Body of an answer. `context` must be the very object that was shown; `own` is what this browser
 * kept at pairing.
 * @param {Signer} signer
 * @param {Challenge} challenge
 * @param {{aud: string, device_id: string, user: string}} own
 * @param {Decision & {iat: number}} answer
 */
export async function decideBody({ key }, challenge, own, answer) {
  const { challenge_id, nonce, exp, context } = challenge;
  const { aud, device_id, user } = own;
  const { decision, number, reason, iat } = answer;
  const asked = { aud, challenge_id, ctx: await digest(canonical(context)), exp, nonce };
  const said = { decision, device_id, iat, number, reason, user };
  const sig = await sign(key, "decide", { ...asked, ...said });
  return canonical({ decision, iat, number, reason, sig });
}

/**
 * Body of PUT /v1/authenticator/device: what holds afterwards, signed by the key that holds now
 * (and by the next one, if there is one).
 * @param {Signer} signer
 * @param {Signer | null} next
 * @param {{aud: string, device_id: string, sub: string | null, iat: number}} state
 */
export async function rotateBody({ key, jwk }, next, { aud, device_id, sub, iat }) {
  const after = next ?? { key, jwk };
  const fields = {
    aud,
    device_id,
    iat,
    key: await thumbprint(after.jwk),
    old_key: await thumbprint(jwk),
    sub: await digestOrNull(sub),
  };
  const sig = await sign(key, "rotate", fields);
  const new_sig = next && (await sign(next.key, "rotate", fields));
  return canonical({ iat, new_sig, sig, sub, x: next && next.jwk.x, y: next && next.jwk.y });
}
