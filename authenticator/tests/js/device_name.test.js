// @ts-check
/** What this device is called, by a guess and by the person. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

standIn("none");
const { cleanName, suggestedName } = await import(
  "../../../static/authenticator/screens/device_name.js"
);

const SAFARI = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0";
/** @type {[string, string][]} */
const NAMES = [
  [`Mozilla/5.0 (X11; Linux x86_64) ${SAFARI} Safari/537.36`, "Chrome on Linux"],
  [`Mozilla/5.0 (Windows NT 10.0) ${SAFARI} Safari/537.36 Edg/140.0`, "Edge on Windows"],
  [`Mozilla/5.0 (Macintosh) ${SAFARI} Safari/537.36 OPR/120.0`, "Opera on Mac"],
  [`Mozilla/5.0 (X11; CrOS x86_64) ${SAFARI} Safari/537.36`, "Chrome on ChromeOS"],
  ["Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"],
  ["Mozilla/5.0 (iPhone; like Mac OS X) Version/18.0 Safari/604", "Safari on iPhone"],
  ["Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121", "Samsung Internet on Android"],
  ["Something (Linux)", "Linux"],
  ["Firefox", ""],
  ["", ""],
];
for (const [agent, name] of NAMES) {
  test(`${agent || "a browser that says nothing"} is "${name}"`, async () => {
    standIn(agent);
    assert.equal(await suggestedName(), name);
  });
}

test("a phone that tells its model is called by it", async () => {
  standIn("Mozilla/5.0 (Linux; Android 15) Chrome/140");
  const userAgentData = { getHighEntropyValues: async () => ({ model: "Pixel 8" }) };
  Object.assign(navigator, { userAgentData });
  assert.equal(await suggestedName(), "Pixel 8");
});

test("one that does not is called by its browser and its system", async () => {
  standIn("Mozilla/5.0 (Linux; Android 15) Chrome/140");
  const userAgentData = { getHighEntropyValues: async () => Promise.reject(new Error("no")) };
  Object.assign(navigator, { userAgentData });
  assert.equal(await suggestedName(), "Chrome on Android");
});

/** @type {[string, string, string][]} */
const TYPED = [
  ["spaces at the ends go", "  Pixel 8 ", "Pixel 8"],
  ["what nobody sees becomes a space", "Pixel\u202e8\u0000", "Pixel 8"],
  ["line ends become spaces", "Pixel\n8", "Pixel 8"],
  ["half a letter becomes a space", "Pixel\ud8008", "Pixel 8"],
  ["whole letters of two halves stay", "📱", "📱"],
  ["nothing but spaces is no name", " \u2029\ufeff ", ""],
  ["64 characters are enough", "é".repeat(80), "é".repeat(64)],
  ["a character of two halves counts once", "📱".repeat(80), "📱".repeat(64)],
  ["no space is left where it was cut", `${"a".repeat(63)} b`, "a".repeat(63)],
];
for (const [why, typed, name] of TYPED) {
  test(`in a typed name ${why}`, () => assert.equal(cleanName(typed), name));
}
