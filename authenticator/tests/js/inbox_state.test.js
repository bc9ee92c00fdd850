// @ts-check
/**
 * What the inbox said last, less what has ended here since.
 *
 * @import { Question } from "../../../static/authenticator/questions/answers.js"
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  endOf,
  isOpen,
  markEnded,
  openQuestions,
  setInboxState,
} from "../../../static/authenticator/questions/inbox_state.js";

const NOW = 1_800_000_000;
const DEVICE = /** @type {Question["device"]} */ ({ device_id: "d", offset: 0 });

/** @param {string} challenge_id @param {number} [left] seconds @returns {Question} */
const question = (challenge_id, left = 60) => ({
  challenge_id,
  nonce: "n",
  exp: NOW + left,
  context: {},
  device: DEVICE,
});

/** @param {Question[]} questions */
const hear = (...questions) => {
  setInboxState({ devices: [DEVICE], questions, standing: {}, asked: 0 });
};
const ids = () => openQuestions().map(({ challenge_id }) => challenge_id);

test("a question that ended here is not open, though an answer on its way still lists it", () => {
  hear(question("a"), question("b"));
  assert.deepEqual(ids(), ["a", "b"]);
  markEnded("a");
  assert.deepEqual(ids(), ["b"]);
  hear(question("a"), question("b"));
  assert.deepEqual(ids(), ["b"]);
  assert.equal(isOpen(question("a")), false);
  assert.equal(isOpen(question("b")), true);
});

test("a question that the inbox no longer lists is not open", () => {
  hear(question("c"));
  hear();
  assert.equal(isOpen(question("c")), false);
});

test("one that goes in its last moment has expired, one that goes before was ended", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: NOW * 1000 });
  assert.equal(endOf(question("d", 3)), "over");
  assert.equal(endOf(question("d", 2)), "expired");
  assert.equal(endOf(question("d", -30)), "expired");
});
