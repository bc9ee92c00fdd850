// @ts-check
/** The one spelling of what is signed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  base64url,
  canonical,
  digest,
  NotCanonical,
  thumbprint,
} from "../../../static/authenticator/protocol/canonical.js";
import { newId } from "../../../static/authenticator/protocol/messages.js";

/** @type {[string, Parameters<typeof canonical>[0], string][]} */
const SPELLINGS = [
  ["names are sorted", { b: "2", a: "1" }, '{"a":"1","b":"2"}'],
  ["nothing stays nothing", { a: null }, '{"a":null}'],
  ["integers are plain", { a: 0, b: 9007199254740991 }, '{"a":0,"b":9007199254740991}'],
  ["five control characters have a short escape", { a: "\b\t\n\f\r" }, '{"a":"\\b\\t\\n\\f\\r"}'],
  ["the others have a long one", { a: "\u0001\u001f" }, '{"a":"\\u0001\\u001f"}'],
  ["quotes and backslashes are escaped", { a: '"\\' }, '{"a":"\\"\\\\"}'],
  ["other letters stand as they are", { a: "é – 😀 / \u2028" }, '{"a":"é – 😀 / \u2028"}'],
  ["an empty object is one", {}, "{}"],
];
for (const [why, fields, spelling] of SPELLINGS) {
  test(`in canonical text ${why}`, () => assert.equal(canonical(fields), spelling));
}

/** @type {[string, Record<string, unknown>][]} */
const NEVER_SIGNED = [
  ["a fraction", { a: 1.5 }],
  ["a negative number", { a: -1 }],
  ["a number that is not exact", { a: 2 ** 53 }],
  ["a number that is none", { a: NaN }],
  ["truth", { a: true }],
  ["something undefined", { a: undefined }],
  ["an object in an object", { a: {} }],
  ["half a letter", { a: "\ud800" }],
  ["a name in capitals", { A: "1" }],
  ["a name with a dash", { "a-b": "1" }],
  ["a name of 33 letters", { ["a".repeat(33)]: "1" }],
];
for (const [what, fields] of NEVER_SIGNED) {
  test(`${what} is never signed`, () => {
    const spell = () => canonical(/** @type {Parameters<typeof canonical>[0]} */ (fields));
    assert.throws(spell, NotCanonical);
  });
}

test("base64url has its own two letters and no padding", () => {
  assert.equal(base64url(Uint8Array.of(0xfb, 0xff, 0xfe)), "-__-");
  assert.equal(base64url(Uint8Array.of(1)), "AQ");
  assert.equal(base64url(new Uint8Array()), "");
});

test("a digest of text is one of its UTF-8 bytes", async () => {
  assert.equal(await digest("é"), await digest(new TextEncoder().encode("é")));
  assert.equal(await digest(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
});

test("a thumbprint depends on the point and on nothing else of a key", async () => {
  const point = { x: "X", y: "Y" };
  assert.equal(await thumbprint({ ...point, ...{ d: "secret" } }), await thumbprint(point));
  assert.notEqual(await thumbprint({ x: "Y", y: "X" }), await thumbprint(point));
});

test("each id is another", () => {
  const ids = new Set(Array.from({ length: 100 }, newId));
  assert.equal(ids.size, 100);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{22}$/);
});
