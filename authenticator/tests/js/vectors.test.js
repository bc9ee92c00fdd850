// @ts-check
/**
 * The frozen vectors of nod-push-v1, which every implementation of the protocol must hold.
 *
 * @import { Suite, Vector } from "./vectors.js"
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { faultsOf, run } from "./vectors.js";

const FILE = new URL("../vectors/nod-push-v1.json", import.meta.url);
/** @type {Suite} */
const SUITE = JSON.parse(readFileSync(FILE, "utf8"));

for (const vector of SUITE.vectors) {
  test(`vector ${vector.id}: ${vector.message}, ${vector.expect}`, async () => {
    assert.deepEqual((await faultsOf(vector, SUITE)).faults, []);
  });
}

test("more than fifty good messages are signed here as well", async () => {
  const { held, signed } = await run(SUITE);
  assert.equal(held, 253);
  assert.ok(signed > 50);
});

/** @type {Record<string, Partial<Vector>>} */
const FAULTS = {
  "another outcome": { expect: "bad_signature" },
  "other bytes": { bytes: "bm9kLXB1c2gtdjE6cGFpcgo" },
  "another digest": { digest: "A".repeat(43) },
  "another origin": { server: { aud: "https://evil.example" } },
  "a time a second too far away": { server: { now: 1_800_000_061 } },
};
for (const [fault, change] of Object.entries(FAULTS)) {
  test(`the vectors notice ${fault}`, async () => {
    const plain = SUITE.vectors.find(({ id }) => id === "pair-plain");
    assert.ok(plain);
    assert.notDeepEqual((await faultsOf({ ...plain, ...change }, SUITE)).faults, []);
  });
}
