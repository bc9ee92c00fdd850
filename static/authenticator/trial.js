// @ts-check
/** A test push to oneself: how long it takes from the press to the service worker, and what may be wrong when it does not come. */

import { timeOf } from "./api.js";
import { lastEcho } from "./echo.js";
import { copy, fill, word } from "./page.js";
import { patience } from "./patience.js";
import { askForTest, askHealth } from "./reach.js";
import { read } from "./store.js";
import { isStopped } from "./verdict.js";

/**
 * @typedef {import("./keys.js").Device} Device
 * @typedef {"arrived" | "unconfirmed" | "silent" | "failed" | "stopped" | "limit" | "away" | "refused"} End
 * @typedef {{end: End, took?: number, reason?: string}} Outcome   took: ms; reason: the server's word for a failure
 */

const STEP = 200; // ms between two looks at what the worker noted
const ASK_AFTER = 4000; // ms, then the server is asked whether it could hand the push over
const seconds = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 2 }); // 0.052, 0.85, 3.2, 12

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the server knows against this try, if anything. @param {Device} device @param {number} since s @returns {Promise<Outcome | null>} */
async function complaint(device, since) {
  const view = await askHealth(device);
  if (view && isStopped(view)) return { end: "stopped" };
  const failed = (view?.push?.last_failure ?? 0) >= since;
  return failed ? { end: "failed", reason: view?.push?.reason ?? "" } : null;
}

/** The worker has seen it, though the server did not take its answer. @param {number} pressed ms */
async function hasCome(pressed) {
  const push = await read("facts", "push");
  return push?.kind === "test" && push.at >= pressed;
}

/** @param {Device} device @param {number} pressed ms @returns {Promise<Outcome>} */
async function wait(device, pressed) {
  const since = timeOf(device);
  let asked = false;
  while (Date.now() - pressed < patience.testPush) {
    const at = await lastEcho(device.device_id);
    if (at >= pressed) return { end: "arrived", took: at - pressed };
    if (!asked && Date.now() - pressed > ASK_AFTER) {
      asked = true;
      const found = await complaint(device, since);
      if (found) return found;
    }
    await sleep(STEP);
  }
  if (await hasCome(pressed)) return { end: "unconfirmed" };
  return (await complaint(device, since)) ?? { end: "silent" };
}

/** @param {Device} device @returns {Promise<Outcome>} */
async function attempt(device) {
  const pressed = Date.now();
  const asked = await askForTest(device);
  return asked === "sent" ? wait(device, pressed) : { end: asked };
}

/** A failure as a sentence. @param {string | null | undefined} reason */
export const reasonWords = (reason) => word(`reason-${reason}`) || word("reason-other");

/** Runs one test and writes its course into `place`. @param {Device} device @param {HTMLElement} place */
export async function runTrial(device, place) {
  place.replaceChildren(copy("trial-waiting"));
  const { end, took = 0, reason } = await attempt(device);
  const note = copy(`trial-${end}`);
  fill(note, { took: seconds.format(took / 1000), patience: seconds.format(patience.testPush / 1000), reason: reasonWords(reason) });
  place.replaceChildren(note);
}
