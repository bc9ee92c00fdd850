// @ts-check
/** The two words that both screens show. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { base64url } from "../../../static/authenticator/protocol/canonical.js";
import { WORDS, wordsOf } from "../../../static/authenticator/protocol/words.js";

/** @param {number[]} bytes */
const thumbprint = (...bytes) => base64url(Uint8Array.of(...bytes, ...new Array(30).fill(0)));

test("there is one word for each byte", () => assert.equal(new Set(WORDS).size, 256));

test("the first two bytes pick the words, in their order", () => {
  assert.deepEqual(wordsOf(thumbprint(0, 255)), ["acorn", "zipper"]);
  assert.deepEqual(wordsOf(thumbprint(255, 0)), ["zipper", "acorn"]);
});

test("every word is picked by some key, with the letters of base64url as well", () => {
  for (const [byte, word] of WORDS.entries()) {
    assert.deepEqual(wordsOf(thumbprint(byte, byte)), [word, word]);
  }
});
