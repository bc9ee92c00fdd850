// @ts-check
/** Times that are left, as the pages say them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

standIn("en");
const countdown = await import("../../../static/js/countdown.js");
const later = await import("../../../static/js/later.js");

/** @type {[number, string][]} */
const WAITING = [
  [0, "0 seconds"],
  [1, "1 second"],
  [60, "60 seconds"],
  [61, "2 minutes"],
  [120, "2 minutes"],
  [121, "3 minutes"],
];
for (const [seconds, words] of WAITING) {
  test(`on the wait page ${seconds} seconds are ${words}`, () => {
    assert.equal(countdown.spoken(seconds), words);
  });
}

/** @type {[number, string][]} */
const LATER = [
  [1, "1 second"],
  [60, "60 seconds"],
  [61, "2 minutes"],
  [7_200, "120 minutes"],
  [7_201, "3 hours"],
  [86_400, "24 hours"],
];
for (const [seconds, words] of LATER) {
  test(`what may be asked again in ${seconds} seconds may be in ${words}`, () => {
    assert.equal(later.spoken(seconds), words);
  });
}

test("they are said in the page's language", () => {
  standIn("fr");
  assert.equal(countdown.spoken(61), "2 minutes");
  assert.equal(later.spoken(7_201), "3\u00a0heures");
});
