// @ts-check
/** Times as the authenticator says them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

process.env.TZ = "Europe/Berlin";
standIn("Firefox", { lang: "fr" });
const { ago, day, exact, minutes } = await import(
  "../../../static/authenticator/screens/times.js"
);

const NOW = Date.UTC(2026, 10, 21, 21, 2) / 1000;
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/** @type {[number, string][]} */
const AGO = [
  [-10, "now"],
  [0, "now"],
  [44, "now"],
  [45, "il y a 45 secondes"],
  [59, "il y a 59 secondes"],
  [MINUTE, "il y a 1 minute"],
  [2 * MINUTE, "il y a 2 minutes"],
  [59 * MINUTE, "il y a 59 minutes"],
  [HOUR, "il y a 1 heure"],
  [DAY, "hier"],
  [3 * DAY, "il y a 3 jours"],
];
for (const [passed, words] of AGO) {
  test(`${passed} seconds ago is "${words}"`, () => assert.equal(ago(NOW - passed, NOW), words));
}

test("a day is one in the reader's time zone, in the page's language", () => {
  assert.equal(day(NOW), "21 novembre");
  assert.equal(day(NOW + 2 * HOUR), "22 novembre");
});

test("an exact time is one in the reader's time zone, in the page's language", () => {
  assert.match(exact(NOW), /^21 novembre 2026 à 22:02$/);
});

/** @type {[number, string][]} */
const LEFT = [
  [112, "1:52"],
  [60, "1:00"],
  [9, "0:09"],
  [0, "0:00"],
  [-5, "0:00"],
  [600, "10:00"],
];
for (const [seconds, words] of LEFT) {
  test(`${seconds} seconds that are left are "${words}"`, () => {
    assert.equal(minutes(seconds), words);
  });
}
