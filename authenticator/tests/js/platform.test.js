// @ts-check
/** What an iPhone or iPad needs before it can be woken. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

const MODULE = "../../../static/authenticator/push/platform.js";
/**
 * @typedef {typeof import("../../../static/authenticator/push/platform.js")} Platform
 * @typedef {ReturnType<Platform["appleObstacle"]>} Obstacle
 */

/** @type {[string, string, Parameters<typeof standIn>[1], Obstacle][]} */
const DEVICES = [
  ["an Android phone needs nothing", "Mozilla/5.0 (Linux; Android 15)", {}, null],
  ["a Mac needs nothing", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", {}, null],
  ["an iPhone in a tab needs installing", "(iPhone; CPU iPhone OS 16_4 like Mac OS X)", {}, "ios"],
  ["an installed app needs nothing", "(iPhone; CPU iPhone OS 16_4)", { isInstalled: true }, null],
  ["iOS 16.3 is too old", "(iPhone; CPU iPhone OS 16_3)", { isInstalled: true }, "ios-old"],
  ["iOS 15.8 is too old", "(iPhone; CPU iPhone OS 15_8)", { isInstalled: true }, "ios-old"],
  ["iOS 26.0 is not", "(iPhone; CPU iPhone OS 26_0)", { isInstalled: true }, null],
  ["an iPad that says Mac has a touch screen", "(Macintosh)", { maxTouchPoints: 5 }, "ios"],
];
for (const [why, agent, options, obstacle] of DEVICES) {
  test(why, async () => {
    standIn(agent, options);
    /** @type {Platform} */
    const platform = await import(`${MODULE}?${encodeURIComponent(why)}`); // loaded anew
    assert.equal(platform.appleObstacle(), obstacle);
  });
}
