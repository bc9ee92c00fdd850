// @ts-check
/**
 * Puts frozen vectors of nod-push-v1 through the authenticator's own code: our bytes, our checks,
 * and our own signatures put through the checks again. Runs in Node and in browsers.
 *
 * @import { Signer } from "../../../static/authenticator/protocol/messages.js"
 * @import { Fields } from "../../../static/authenticator/protocol/canonical.js"
 * @import { Held } from "./verify.js"
 *
 * @typedef {"pair" | "request" | "decide" | "rotate"} Message
 * @typedef {{kty: string, crv: string, x: string, y: string, d?: string}} Jwk
 * @typedef {Omit<Held, "key"> & {key: string}} Server
 *
 * @typedef {object} Vector
 * @property {string} id
 * @property {Message} message
 * @property {string} expect       "ok", or the name that the protocol gives the fault
 * @property {Partial<Server>} [server]  where it differs from the suite's
 * @property {string} [body]
 * @property {string} [body_hex]   of a body that is no text
 * @property {string} [header]
 * @property {Fields & {iat: number, jti: string}} [fields]  what is signed
 * @property {string} [bytes]      of these fields
 * @property {string} [digest]     of these bytes
 * @property {string} [signed]     other bytes, which carry a good signature
 * @property {string} [signed_by]
 *
 * @typedef {{keys: Record<string, Jwk>, server: Server, vectors: Vector[]}} Suite
 */

import { base64url, digest } from "../../../static/authenticator/protocol/canonical.js";
import {
  bytesToSign,
  decideBody,
  pairBody,
  requestHeader,
  rotateBody,
} from "../../../static/authenticator/protocol/messages.js";
import { CURVE, raw, Refused, SIGNATURE, verify } from "./verify.js";

/** @param {string} hex */
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** @param {Vector} vector */
const bodyOf = ({ body = "", body_hex }) =>
  body_hex === undefined ? new TextEncoder().encode(body) : fromHex(body_hex);

/** @template T @param {T | undefined} value @returns {T} */
function given(value) {
  if (value === undefined) throw new TypeError("the file lacks something");
  return value;
}

/** @param {Vector} vector @param {Held} held @returns {Promise<string>} "ok" or why not */
async function outcome(vector, held) {
  try {
    await verify[vector.message](bodyOf(vector), held, vector.header ?? "");
    return "ok";
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

/**
 * A good message has our bytes to the letter; a forged one carries a good signature over others.
 * @param {Vector} vector
 * @param {Suite["keys"]} keys
 */
async function bytesHold(vector, keys) {
  if (vector.fields) {
    const bytes = bytesToSign(vector.message, vector.fields);
    return base64url(bytes) === vector.bytes && (await digest(bytes)) === vector.digest;
  }
  if (!vector.signed) return true;
  const { x, y } = given(keys[given(vector.signed_by)]);
  const jwk = { kty: "EC", crv: "P-256", x, y };
  const key = await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["verify"]);
  const sig = vector.header?.split(".").at(-1) ?? JSON.parse(given(vector.body)).sig;
  return crypto.subtle.verify(SIGNATURE, key, raw(sig), raw(vector.signed));
}

/** @param {Jwk} jwk @returns {Promise<Signer>} */
async function signer(jwk) {
  return { jwk, key: await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["sign"]) };
}

/**
 * The same message, signed by our own code.
 * @param {Vector} vector
 * @param {Held} held
 * @param {Suite["keys"]} keys
 * @returns {Promise<Vector>}
 */
async function resigned(vector, held, keys) {
  const own = await signer(held.key);
  const { iat, jti } = given(vector.fields);
  const body = given(vector.body);
  if (vector.message === "request") {
    return { ...vector, header: await requestHeader(own, { ...held, body, iat, jti }) };
  }
  const sent = JSON.parse(body);
  const write = {
    pair: async () => pairBody(own, { aud: held.aud, ...sent }),
    decide: async () => decideBody(own, held, held, sent),
    rotate: async () => {
      const next = sent.x ? await signer(given(keys.next)) : null;
      return rotateBody(own, next, { ...held, sub: sent.sub, iat });
    },
  }[vector.message];
  return { ...vector, body: await write() };
}

/**
 * What is wrong with one vector, a line each.
 * @param {Vector} vector
 * @param {Suite} suite
 * @returns {Promise<{signed: boolean, faults: string[]}>} signed: by our own code, too
 */
export async function faultsOf(vector, suite) {
  const server = { ...suite.server, ...vector.server };
  const key = given(suite.keys[server.key]);
  const held = { ...server, key };
  const faults = [];
  const got = await outcome(vector, held);
  if (got !== vector.expect) faults.push(`${vector.id}: expected ${vector.expect}, got ${got}`);
  if (!(await bytesHold(vector, suite.keys))) faults.push(`${vector.id}: other bytes`);
  const signed = vector.expect === "ok" && key.d !== undefined;
  const again = signed ? await outcome(await resigned(vector, held, suite.keys), held) : "ok";
  if (again !== "ok") faults.push(`${vector.id}: signed here, then ${again}`);
  return { signed, faults };
}

/**
 * @param {Suite} suite the frozen file
 * @returns {Promise<{held: number, signed: number, failed: string[]}>}
 */
export async function run(suite) {
  const all = await Promise.all(suite.vectors.map((vector) => faultsOf(vector, suite)));
  return {
    held: all.filter(({ faults }) => !faults.length).length,
    signed: all.filter(({ signed }) => signed).length,
    failed: all.flatMap(({ faults }) => faults),
  };
}
