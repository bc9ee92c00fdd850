// @ts-check
/** Runs every frozen vector in the browser: our bytes, our checks, and our own signatures put through the checks again. */

import { base64url, bytesToSign, decideBody, digest, pairBody, requestHeader, rotateBody } from "/static/authenticator/protocol.js";
import * as check from "./verify.mjs";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** @param {string} text base64url */
const raw = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
/** @param {string} hex */
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
/** @param {any} vector */
const bodyOf = (vector) => ("body_hex" in vector ? fromHex(vector.body_hex) : utf8(vector.body));

/** @param {any} vector @param {any} server @param {any} key @returns {Promise<string>} "ok" or why not */
async function outcome(vector, server, key) {
  const verify = { pair: check.pair, request: check.request, decide: check.decide, rotate: check.rotate }[String(vector.message)];
  try {
    await verify?.(bodyOf(vector), { ...server, key }, vector.header);
    return "ok";
  } catch (error) {
    if (error instanceof check.Refused) return error.message;
    throw error;
  }
}

/** A good message has our bytes to the letter; a forged one carries a good signature over others. @param {any} vector @param {any} keys */
async function bytesHold(vector, keys) {
  if (vector.fields) {
    const bytes = bytesToSign(vector.message, vector.fields);
    return base64url(bytes) === vector.bytes && (await digest(bytes)) === vector.digest;
  }
  if (!vector.signed) return true;
  const { x, y } = keys[vector.signed_by];
  const key = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x, y }, CURVE, false, ["verify"]);
  const sig = vector.header ? vector.header.split(".").at(-1) : JSON.parse(vector.body).sig;
  return crypto.subtle.verify(SIGNATURE, key, raw(sig), raw(vector.signed));
}

/** @param {any} jwk @returns {Promise<import("/static/authenticator/protocol.js").Signer>} */
const signer = async (jwk) => ({ jwk, key: await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["sign"]) });

/** The same message, signed by our own code. @param {any} vector @param {any} server @param {any} keys */
async function resigned(vector, server, keys) {
  const own = await signer(keys[server.key]);
  const { iat, jti } = vector.fields;
  if (vector.message === "request") return { ...vector, header: await requestHeader(own, { ...server, body: vector.body, iat, jti }) };
  const sent = JSON.parse(vector.body);
  const write = {
    pair: () => pairBody(own, { aud: server.aud, ...sent }),
    decide: () => decideBody(own, server, server, sent),
    rotate: async () => rotateBody(own, sent.x ? await signer(keys.next) : null, { ...server, sub: sent.sub, iat }),
  }[String(vector.message)];
  return { ...vector, body: await write?.() };
}

/** @param {any} suite the frozen file @returns {Promise<{held: number, signed: number, failed: string[]}>} */
export async function run(suite) {
  const failed = [];
  let signed = 0;
  for (const vector of suite.vectors) {
    const server = { ...suite.server, ...vector.server };
    const key = suite.keys[server.key];
    const got = await outcome(vector, server, key);
    if (got !== vector.expect) failed.push(`${vector.id}: expected ${vector.expect}, got ${got}`);
    if (!(await bytesHold(vector, suite.keys))) failed.push(`${vector.id}: other bytes`);
    if (vector.expect !== "ok" || !key.d) continue;
    const again = await outcome(await resigned(vector, server, suite.keys), server, key);
    if (again !== "ok") failed.push(`${vector.id}: signed here, then ${again}`);
    signed += 1;
  }
  return { held: suite.vectors.length - failed.length, signed, failed };
}
