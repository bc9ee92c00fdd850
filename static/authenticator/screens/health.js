// @ts-check
/**
 * How notifications fare here: a verdict, what the server knows of each account, what this browser
 * knows, and a test.
 *
 * @import { Device } from "../protocol/devices.js"
 * @import { LastPush } from "../push/push_proof.js"
 * @import { PushHealth } from "../push/push_status.js"
 */

import { ownTime, timeOf } from "../protocol/clock.js";
import { read } from "../protocol/store.js";
import { turnOff, turnOn } from "../push/notifications.js";
import { askHealth, healthOf, learn, reachability } from "../push/push_health.js";
import { isStopped } from "../push/push_status.js";
import { all, copy, fill, on, part, required } from "./page.js";
import { reasonWords, showPushTest } from "./test_result.js";
import { ago, day, exact } from "./times.js";

/**
 * @param {string} id
 * @param {Record<string, string>} [texts]
 * @param {number} [at] seconds, for the title of what says when
 */
function row(id, texts = {}, at = 0) {
  const made = copy(id);
  fill(made, texts);
  if (at) part(made, "when")?.setAttribute("title", exact(at));
  return made;
}

/**
 * @param {PushHealth | undefined} health
 * @param {number} now seconds, the server's
 * @returns {HTMLElement[]}
 */
function serverRows(health, now) {
  if (!health) return [row("server-away")];
  const { push } = health;
  if (!push) return [row("server-none")];
  const { proven_at, last_success, last_failure, reason } = push;
  const rows = isStopped(health) ? [row("server-stopped")] : [];
  if (proven_at) rows.push(row("server-proven", { when: ago(proven_at, now) }, proven_at));
  else rows.push(row("server-waiting"));
  if (last_success) {
    rows.push(row("server-success", { when: ago(last_success, now) }, last_success));
  }
  if (last_failure) {
    const texts = { when: ago(last_failure, now), reason: reasonWords(reason) };
    rows.push(row("server-failure", texts, last_failure));
  }
  return rows;
}

/** @param {Device} device @param {HTMLElement} section */
async function writeServer(device, section) {
  part(section, "rows")?.replaceChildren(...serverRows(await healthOf(device), timeOf(device)));
}

/** @param {Device} device @param {() => Promise<void>} changed */
async function account(device, changed) {
  const section = copy("health-account");
  fill(section, { account: device.account });
  const button = required(section, "button", HTMLButtonElement);
  on(section, "test", async () => {
    button.disabled = true;
    const place = part(section, "trial");
    if (place) await showPushTest(device, place);
    await askHealth(device);
    await writeServer(device, section);
    button.disabled = false;
    await changed();
  });
  await writeServer(device, section);
  return { device, section };
}

/** @param {Device} device the first: what this browser knows is the same for all */
async function hereRows(device) {
  const permission = "Notification" in window ? Notification.permission : "none";
  const push = (await healthOf(device))?.push;
  /** @type {LastPush | undefined} */
  const last = await read("facts", "push");
  const kind = push ? (push.kind === "webpush" ? "webpush" : "fcm") : "none-registered";
  const at = last ? Math.floor(last.at / 1000) : 0;
  return [
    row(`here-${permission}`),
    row(`here-${kind}`, push ? { day: day(push.created_at) } : {}, push?.created_at),
    row(device.key.extractable ? "here-key-open" : "here-key"),
    last ? row("here-last", { when: ago(at, ownTime()) }, at) : row("here-last-none"),
  ];
}

/** @param {HTMLElement} screen @param {Device[]} devices */
async function writeHere(screen, [device]) {
  if (device) part(screen, "here")?.replaceChildren(...(await hereRows(device)));
}

/**
 * The heading, and the next thing to do.
 * @param {HTMLElement} screen
 * @param {() => void} again draws the whole screen anew
 */
async function writeVerdict(screen, again) {
  const state = await reachability();
  const verdict = copy(`verdict-${state}`);
  on(verdict, "turn-on", async () => {
    verdict.querySelector("button")?.setAttribute("aria-busy", "true");
    await turnOn();
    await learn();
    again();
  });
  part(screen, "verdict")?.replaceChildren(verdict);
  const works = !["off", "blocked", "nowhere", "unsupported", "ios", "ios-old"].includes(state);
  for (const element of all(screen, '[data-when="on"]')) element.hidden = !works;
}

/** @param {Device[]} devices @param {() => void} again */
export async function healthScreen(devices, again) {
  const screen = copy("screen-health");
  const changed = async () => {
    await writeVerdict(screen, again);
    await writeHere(screen, devices);
  };
  const accounts = await Promise.all(devices.map((device) => account(device, changed)));
  part(screen, "accounts")?.replaceChildren(...accounts.map(({ section }) => section));
  on(screen, "turn-off", async () => {
    await turnOff();
    await learn();
    again();
  });
  await changed();
  // What is kept shows at once; what the server says now follows.
  learn().then(async () => {
    await Promise.all(accounts.map(({ device, section }) => writeServer(device, section)));
    await changed();
  });
  return screen;
}
