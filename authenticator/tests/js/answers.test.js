// @ts-check
/** What the server's word on a decision means, and what can be signed at all. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

standIn("Firefox");
const { DENIAL, isReadable, resultOf } = await import(
  "../../../static/authenticator/questions/answers.js"
);

/** @param {number} status @param {Record<string, unknown>} data */
const answer = (status, data) => ({ status, code: String(data.code ?? ""), data, now: null });
const NOT_ME = { ...DENIAL, reason: /** @type {const} */ ("not_me") };

/** @type {[string, ReturnType<typeof answer>, typeof DENIAL, ReturnType<typeof resultOf>][]} */
const RESULTS = [
  ["an approval", answer(200, { state: "approved" }), DENIAL, "approved"],
  ["a denial", answer(200, { state: "denied" }), DENIAL, "denied"],
  ["a denial by a stranger's sign-in", answer(200, { state: "denied" }), NOT_ME, "not_me"],
  ["a state of a later version", answer(200, { state: "moved" }), DENIAL, "over"],
  ["a state that is a name of JavaScript's", answer(200, { state: "toString" }), DENIAL, "over"],
  ["a wrong number", answer(400, { code: "wrong_number" }), DENIAL, "wrong"],
  ["a clock that is wrong", answer(401, { code: "clock_skew" }), DENIAL, "clock"],
  ["a device that was removed", answer(401, { code: "unauthorized" }), DENIAL, "removed"],
  ["a request that is too old", answer(410, { code: "expired" }), DENIAL, "expired"],
  ["anything else", answer(409, { code: "answered" }), DENIAL, "over"],
  ["a code that is a name of JavaScript's", answer(409, { code: "constructor" }), DENIAL, "over"],
];
for (const [what, given, said, result] of RESULTS) {
  test(`${what} is told as "${result}"`, () => assert.equal(resultOf(given, said), result));
}

/** @type {[string, unknown, boolean][]} */
const CONTEXTS = [
  ["a flat object", { app: "Example", at: 1 }, true],
  ["an empty object", {}, false],
  ["an object in it", { app: {} }, false],
  ["a list", ["a"], false],
  ["text", "Example", false],
  ["nothing", null, false],
  ["what is not there", undefined, false],
];
for (const [what, context, isOne] of CONTEXTS) {
  test(`${what} can ${isOne ? "" : "not "}be signed`, () => {
    assert.equal(isReadable(context), isOne);
  });
}
