// @ts-check
/** How notifications fare here: a verdict, the server's view of each account, this browser's, and a test. */

import { timeOf } from "./api.js";
import { turnOff, turnOn } from "./notifications.js";
import { copy, fill, on, part } from "./page.js";
import { askHealth, learn, reachability, viewOf } from "./reach.js";
import { read } from "./store.js";
import { ago, day, exact } from "./times.js";
import { reasonWords, runTrial } from "./trial.js";
import { isStopped } from "./verdict.js";

/**
 * @typedef {import("./keys.js").Device} Device
 * @typedef {import("./verdict.js").View} View
 */

/** @param {string} id @param {Record<string, string>} [texts] @param {number} [at] seconds, for the title of what says when */
function row(id, texts = {}, at = 0) {
  const made = copy(id);
  fill(made, texts);
  if (at) part(made, "when")?.setAttribute("title", exact(at));
  return made;
}

/** @param {View | undefined} view @param {number} now seconds, the server's @returns {HTMLElement[]} */
function serverRows(view, now) {
  if (!view) return [row("server-away")];
  const { push } = view;
  if (!push) return [row("server-none")];
  const rows = [push.proven_at ? row("server-proven", { when: ago(push.proven_at, now) }, push.proven_at) : row("server-waiting")];
  if (push.last_success) rows.push(row("server-success", { when: ago(push.last_success, now) }, push.last_success));
  if (push.last_failure) {
    rows.push(row("server-failure", { when: ago(push.last_failure, now), reason: reasonWords(push.reason) }, push.last_failure));
  }
  return isStopped(view) ? [row("server-stopped"), ...rows] : rows;
}

/** @param {Device} device @param {HTMLElement} section */
async function writeServer(device, section) {
  part(section, "rows")?.replaceChildren(...serverRows(await viewOf(device), timeOf(device)));
}

/** @param {Device} device @param {() => Promise<void>} changed */
async function account(device, changed) {
  const section = copy("health-account");
  fill(section, { account: device.account });
  const button = /** @type {HTMLButtonElement} */ (section.querySelector("button"));
  on(section, "test", async () => {
    button.disabled = true;
    await runTrial(device, /** @type {HTMLElement} */ (part(section, "trial")));
    await askHealth(device);
    await writeServer(device, section);
    button.disabled = false;
    await changed();
  });
  await writeServer(device, section);
  return section;
}

/** @param {Device[]} devices */
async function hereRows([device]) {
  const permission = "Notification" in window ? Notification.permission : "none";
  const push = (await viewOf(device))?.push;
  const last = await read("facts", "push");
  const kind = push ? (push.kind === "webpush" ? "webpush" : "fcm") : "none-registered";
  const at = last ? Math.floor(last.at / 1000) : 0;
  return [
    row(`here-${permission}`),
    row(`here-${kind}`, push ? { day: day(push.created_at) } : {}, push?.created_at),
    row(device.key.extractable ? "here-key-open" : "here-key"),
    last ? row("here-last", { when: ago(at, Math.floor(Date.now() / 1000)) }, at) : row("here-last-none"),
  ];
}

/** @param {HTMLElement} screen @param {Device[]} devices */
async function writeHere(screen, devices) {
  part(screen, "here")?.replaceChildren(...(await hereRows(devices)));
}

/** The heading, and the next thing to do. @param {HTMLElement} screen @param {() => void} again draws the whole screen anew */
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
  screen.querySelectorAll('[data-when="on"]').forEach((element) => element.toggleAttribute("hidden", !works));
}

/** @param {Device[]} devices @param {() => void} again */
export async function healthScreen(devices, again) {
  const screen = copy("screen-health");
  const changed = async () => {
    await writeVerdict(screen, again);
    await writeHere(screen, devices);
  };
  const sections = await Promise.all(devices.map((device) => account(device, changed)));
  part(screen, "accounts")?.replaceChildren(...sections);
  on(screen, "turn-off", async () => {
    await turnOff();
    await learn();
    again();
  });
  await changed();
  // What is kept shows at once; what the server says now follows.
  learn().then(async () => {
    await Promise.all(devices.map((device, at) => writeServer(device, sections[at])));
    await changed();
  });
  return screen;
}
