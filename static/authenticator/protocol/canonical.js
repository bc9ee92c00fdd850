// @ts-check
/**
 * The one spelling of what is signed: flat JSON objects in RFC 8785 form, and digests of them.
 *
 * @typedef {string | number | null} Value
 * @typedef {Record<string, Value>} Fields
 * @typedef {{x: string, y: string}} Point  the public key, base64url, 43 characters each
 */

const FIELD_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const ESCAPED = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
]);

/** Something that must never be signed: a shape outside the protocol. */
export class NotCanonical extends Error {}

/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);

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
  const escape = (/** @type {string} */ char) =>
    ESCAPED.get(char) ?? "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0");
  return '"' + text.replace(/["\\\u0000-\u001f]/g, escape) + '"';
}

/** @param {Value | undefined} value */
function literal(value) {
  if (value === null) return "null";
  if (typeof value === "string") return written(value);
  if (Number.isSafeInteger(value) && Number(value) >= 0) return String(value);
  throw new NotCanonical("only strings, null and integers from 0");
}

/**
 * Canonical JSON of one flat object: names sorted, no spaces, one spelling for everything.
 * @param {Fields} fields
 */
export function canonical(fields) {
  const names = Object.keys(fields).sort();
  if (!names.every((name) => FIELD_NAME.test(name))) throw new NotCanonical("field name");
  return "{" + names.map((name) => `"${name}":${literal(fields[name])}`).join(",") + "}";
}

/** RFC 7638. @param {Point} point */
export const thumbprint = ({ x, y }) => digest(canonical({ crv: "P-256", kty: "EC", x, y }));
