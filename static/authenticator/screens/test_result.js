// @ts-check
/**
 * What became of a test push, in words.
 *
 * @import { Device } from "../protocol/devices.js"
 */

import { timeouts } from "../protocol/timeouts.js";
import { testPush } from "../push/push_test.js";
import { copy, fill, word } from "./page.js";

/** 0.052, 0.85, 3.2, 12 */
const seconds = new Intl.NumberFormat(document.documentElement.lang, {
  maximumSignificantDigits: 2,
});

/** A failure as a sentence. @param {string | null | undefined} reason */
export const reasonWords = (reason) => word(`reason-${reason}`) || word("reason-other");

/**
 * Runs one test and writes its course into `place`.
 * @param {Device} device
 * @param {HTMLElement} place
 */
export async function showPushTest(device, place) {
  place.replaceChildren(copy("trial-waiting"));
  const { end, took = 0, reason } = await testPush(device);
  const note = copy(`trial-${end}`);
  fill(note, {
    took: seconds.format(took / 1000),
    patience: seconds.format(timeouts.testPush / 1000),
    reason: reasonWords(reason),
  });
  place.replaceChildren(note);
}
