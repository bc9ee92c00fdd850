// @ts-check
/** Moments in the reader's own time zone. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

process.env.TZ = "America/New_York";
/** @type {Map<string, string>} */
const SENTENCES = new Map([
  ["data-today", "today at %(time)s"],
  ["data-yesterday", "yesterday at %(time)s"],
  ["data-weekday", "on %(day)s at %(time)s"],
  ["data-date", "on %(date)s at %(time)s"],
]);
standIn("en", { getAttribute: (name) => SENTENCES.get(name) ?? null });
const { spoken } = await import("../../../static/js/when.js");

const NOW = new Date("2026-11-21T12:00:00-05:00"); // a Saturday

/** @type {[string, string, string][]} */
const MOMENTS = [
  ["within the hour nothing is said anew", "2026-11-21T11:00:01-05:00", ""],
  ["an hour ago was today", "2026-11-21T11:00:00-05:00", "today at 11:00"],
  ["after midnight was today", "2026-11-21T00:00:00-05:00", "today at 00:00"],
  ["before midnight was yesterday", "2026-11-20T23:59:00-05:00", "yesterday at 23:59"],
  ["the day in UTC does not matter", "2026-11-21T04:59:00Z", "yesterday at 23:59"],
  ["six days ago was a weekday", "2026-11-15T09:05:00-05:00", "on Sunday at 09:05"],
  ["a week ago was a date", "2026-11-14T09:05:00-05:00", "on 14 November at 09:05"],
  ["last year has its year", "2025-12-31T23:00:00-05:00", "on 31 December 2025 at 23:00"],
  ["a moment to come is left as it was written", "2026-11-22T12:00:00-05:00", ""],
];
for (const [why, at, words] of MOMENTS) {
  test(why, () => assert.equal(spoken(new Date(at), NOW), words));
}

test("a day of 25 hours is one day", () => {
  const [at, now] = ["2026-11-01T12:00:00-05:00", "2026-11-02T12:00:00-05:00"];
  assert.equal(spoken(new Date(at), new Date(now)), "yesterday at 12:00");
});

test("a day of 23 hours is one day", () => {
  const [at, now] = ["2026-03-08T23:30:00-04:00", "2026-03-09T12:00:00-04:00"];
  assert.equal(spoken(new Date(at), new Date(now)), "yesterday at 23:30");
});
