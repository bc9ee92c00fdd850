// @ts-check
/** A push subscription as the protocol writes it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standIn } from "./page.js";

standIn("Firefox");
const { subscriptionText } = await import("../../../static/authenticator/push/subscription.js");

/** @param {PushSubscriptionJSON} json */
const subscription = (json) => ({ toJSON: () => json });

test("it is one canonical text with its endpoint and both keys", () => {
  const keys = { p256dh: "P", auth: "A" };
  const text = subscriptionText(subscription({ endpoint: "https://push.example/1", keys }));
  const fields = '"auth":"A","endpoint":"https://push.example/1","kind":"webpush","p256dh":"P"';
  assert.equal(text, `{${fields}}`);
});

test("none is nothing", () => assert.equal(subscriptionText(null), null));

test("one without keys has empty ones, which the server refuses", () => {
  const text = subscriptionText(subscription({ endpoint: "https://push.example/1" }));
  assert.match(text ?? "", /"auth":"".*"p256dh":""/);
});
