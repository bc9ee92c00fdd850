// @ts-check
/** Whether a push would arrive, from what the server knows. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isStopped, statusOf, worst } from "../../../static/authenticator/push/push_status.js";

const PUSH = {
  kind: "webpush",
  created_at: 100,
  proven_at: 200,
  last_success: 300,
  last_failure: null,
  reason: null,
  undeliverable: false,
};
/** @param {Partial<import("../../../static/authenticator/push/push_status.js").Push>} push */
const health = (push, services = {}) => ({ push: { ...PUSH, ...push }, services, now: 400 });

/** @type {[string, Parameters<typeof statusOf>[0], ReturnType<typeof statusOf>][]} */
const STATUSES = [
  ["a server that was never asked leaves it unknown", undefined, "unknown"],
  ["an endpoint the server has not is refused", { push: null, services: {}, now: 1 }, "refused"],
  ["a device that has sent a value back is reachable", health({}), "reachable"],
  ["a device that never has is waited for", health({ proven_at: null }), "waiting"],
  ["a failure since the last success counts", health({ last_failure: 301 }), "failing"],
  ["a failure before it does not", health({ last_failure: 299 }), "reachable"],
  [
    "a failure before a value came back does not",
    health({ last_success: null, last_failure: 199 }),
    "reachable",
  ],
  ["an endpoint its push service gave up is gone", health({ undeliverable: true }), "gone"],
  [
    "a push service that refuses this server has stopped",
    health({}, { webpush: "stopped" }),
    "stopped",
  ],
  ["another push service's stop does not matter", health({}, { fcm: "stopped" }), "reachable"],
  [
    "a token is Firebase's business",
    health({ kind: "fcm-token" }, { fcm: "stopped", webpush: "ok" }),
    "stopped",
  ],
];
for (const [why, known, status] of STATUSES) {
  test(why, () => assert.equal(statusOf(known), status));
}

test("without an endpoint nothing has stopped", () => {
  assert.equal(isStopped({ push: null, services: { webpush: "stopped" }, now: 1 }), false);
});

test("of several accounts the one that needs care is told of", () => {
  assert.equal(worst(["reachable", "gone", "failing", "refused", "waiting"]), "refused");
  assert.equal(worst(["reachable", "unknown"]), "unknown");
  assert.equal(worst(["reachable"]), "reachable");
  assert.equal(worst([]), "unknown");
});
