// @ts-check
/**
 * Nothing to approve: what is connected, which accounts, notifications, the last answer.
 *
 * @import { Device } from "../protocol/devices.js"
 * @import { LastAnswer } from "../questions/answers.js"
 * @import { Standing } from "../questions/inbox_request.js"
 * @import { InboxState } from "../questions/inbox_state.js"
 */

import { timeOf } from "../protocol/clock.js";
import { removeDevice } from "../protocol/devices.js";
import { read } from "../protocol/store.js";
import { turnOn } from "../push/notifications.js";
import { isInstalled } from "../push/platform.js";
import { learn, reachability } from "../push/push_health.js";
import { copy, fill, on, part, required } from "./page.js";
import { writeKnown } from "./prompt_details.js";
import { ago, day, exact } from "./times.js";

/** @param {InboxState} state */
function connection({ devices, standing }) {
  const all = devices.map((device) => standing[device.device_id]);
  const name = ["away", "clock"].find((bad) => all.some((one) => one === bad)) ?? "ok";
  return copy(`row-${name}`);
}

/** @param {Device} device @param {Standing | undefined} standing @param {() => void} refresh */
function account(device, standing, refresh) {
  const isOdd = standing && ["waiting", "removed", "unreadable"].includes(standing);
  const row = copy(isOdd ? `row-${standing}` : "row-key");
  fill(row, { account: device.account, name: device.name, day: day(device.paired_at) });
  on(row, "remove", async () => {
    await removeDevice(device.device_id);
    refresh();
  });
  on(row, "reload", () => location.reload());
  return row;
}

/**
 * Which row a word of reachability is told in: what is wrong at the server's side, the screen about
 * notifications explains.
 */
const rowOf = (/** @type {string} */ status) =>
  ["refused", "gone", "stopped"].includes(status) ? "failing" : status;

/** @param {() => void} refresh */
async function notifications(refresh) {
  const row = copy(`row-push-${rowOf(await reachability())}`);
  on(row, "turn-on", async () => {
    row.querySelector("button")?.setAttribute("aria-busy", "true");
    await turnOn();
    refresh();
    await learn();
    await refreshHome(refresh);
  });
  return row;
}

/**
 * Says anew whether pushes arrive, where the home screen is open; nothing else on it moves.
 * @param {() => void} refresh
 */
export async function refreshHome(refresh) {
  const row = await notifications(refresh);
  part(document, "push")?.replaceWith(row);
}

/** @param {HTMLElement} screen @param {Device[]} devices */
async function writeLast(screen, [device]) {
  /** @type {LastAnswer | undefined} */
  const last = await read("facts", "last");
  const section = part(screen, "last");
  if (!section || !last || !device) return;
  const row = copy(`row-last-${last.result}`);
  writeKnown(row, last.context, 0);
  fill(row, { when: ago(last.at, timeOf(device)) });
  part(row, "when")?.setAttribute("title", exact(last.at));
  section.querySelector("ul")?.append(row);
  section.hidden = false;
}

/** What the screen depends on: drawn again only when this changes. @param {InboxState} state */
export const signature = ({ devices, standing }) =>
  JSON.stringify(devices.map(({ device_id }) => [device_id, standing[device_id]]));

/** An installed app has no address bar to open a link in, so it takes one here. */
function emptyScreen() {
  const screen = copy("screen-empty");
  const installed = isInstalled();
  part(screen, "installed")?.toggleAttribute("hidden", !installed);
  part(screen, "in-browser")?.toggleAttribute("hidden", installed);
  required(screen, "form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const link = required(screen, "[name=link]", HTMLInputElement).value.trim();
    location.assign(`/authenticator/pair/#${link.split("#").at(-1)}`);
  });
  return screen;
}

/** @param {InboxState} state @param {() => void} refresh draws the screen again */
export async function homeScreen(state, refresh) {
  const { devices, standing } = state;
  if (!devices.length) return emptyScreen();
  const screen = copy("screen-home");
  const accounts = devices.map((device) => account(device, standing[device.device_id], refresh));
  part(screen, "rows")?.append(connection(state), ...accounts, await notifications(refresh));
  await writeLast(screen, devices);
  return screen;
}
