// @ts-check
/** The server's time, as a device learns it from answers. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { offsetAfter, timeOf, wasSkewed } from "../../../static/authenticator/protocol/clock.js";

/** What the device's own clock said when it asked and when the answer was there. */
const [SENT, RECEIVED] = [1_000, 1_001];

/** @type {[string, {offset: number, now: number, received?: number}, number][]} */
const LEARNT = [
  ["a clock that is right is left alone", { offset: 0, now: 1_000 }, 0],
  ["a clock that is a few seconds off is left alone", { offset: 0, now: 1_006 }, 0],
  ["a clock that is slow is put forward", { offset: 0, now: 8_200 }, 7_199],
  ["a clock that is fast is put back", { offset: 0, now: 400 }, -600],
  ["an offset that fits already stays", { offset: 7_200, now: 8_200 }, 7_200],
  ["a device that was set right itself needs no offset", { offset: 7_200, now: 1_000 }, 0],
  [
    "a device that slept while it waited has not gone wrong by that",
    { offset: 0, now: 1_001, received: 5_000 },
    0,
  ],
  [
    "a clock that is wrong is set right after a sleep, too",
    { offset: 0, now: 8_200, received: 5_000 },
    3_200,
  ],
];
for (const [why, { offset, now, received = RECEIVED }, after] of LEARNT) {
  test(why, () => assert.equal(offsetAfter(offset, now, SENT, received), after));
}

test("a time is skewed when the server would not forgive it", () => {
  assert.equal(wasSkewed(1_000, 1_060), false);
  assert.equal(wasSkewed(1_000, 1_061), true);
  assert.equal(wasSkewed(1_061, 1_000), true);
  assert.equal(wasSkewed(1_000, null), false, "an answer without a time says nothing");
});

test("a device's time is its own clock and the offset", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_999 });
  assert.equal(timeOf({ offset: 0 }), 1_800_000_000);
  assert.equal(timeOf({ offset: -7_200 }), 1_799_992_800);
});
