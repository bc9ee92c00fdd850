// @ts-check
/** Nothing to approve: what is connected, which accounts, notifications, the last answer. */

import { timeOf } from "./api.js";
import { writeKnown } from "./facts.js";
import { removeDevice } from "./keys.js";
import { turnOn } from "./notifications.js";
import { copy, fill, on, part } from "./page.js";
import { isInstalled } from "./platform.js";
import { learn, reachability } from "./reach.js";
import { read } from "./store.js";
import { ago, day, exact } from "./times.js";

/**
 * @typedef {import("./inbox.js").News} News
 * @typedef {import("./keys.js").Device} Device
 */

/** @param {News} news */
function reach({ devices, standing }) {
  const all = devices.map((device) => standing[device.device_id]);
  const name = ["away", "clock"].find((state) => all.some((one) => one === state)) ?? "ok";
  return copy(`row-${name}`);
}

/** @param {Device} device @param {string} standing @param {() => void} refresh */
function account(device, standing, refresh) {
  const row = copy(["waiting", "removed", "unreadable"].includes(standing) ? `row-${standing}` : "row-key");
  fill(row, { account: device.account, name: device.name, day: day(device.paired_at) });
  on(row, "remove", async () => {
    await removeDevice(device.device_id);
    refresh();
  });
  on(row, "reload", () => location.reload());
  return row;
}

/** Which row a word of reachability is told in: what is wrong at the server's side, the screen about notifications explains. */
const rowOf = (/** @type {string} */ reach) => (["refused", "gone", "stopped"].includes(reach) ? "failing" : reach);

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

/** Says anew whether pushes arrive, where the home screen is open; nothing else on it moves. @param {() => void} refresh */
export async function refreshHome(refresh) {
  const row = await notifications(refresh);
  part(document, "push")?.replaceWith(row);
}

/** @param {HTMLElement} screen @param {Device[]} devices */
async function writeLast(screen, [device]) {
  const last = await read("facts", "last");
  const section = part(screen, "last");
  if (!section || !last) return;
  const row = copy(`row-last-${last.result}`);
  writeKnown(row, last.context, 0);
  fill(row, { when: ago(last.at, timeOf(device)) });
  part(row, "when")?.setAttribute("title", exact(last.at));
  section.querySelector("ul")?.append(row);
  section.hidden = false;
}

/** What the screen depends on: it is drawn again only when this changes. @param {News} news */
export const signature = ({ devices, standing }) => JSON.stringify(devices.map(({ device_id }) => [device_id, standing[device_id]]));

/** An installed app has no address bar to open a link in, so it takes one here. */
function emptyScreen() {
  const screen = copy("screen-empty");
  const installed = isInstalled();
  /** @type {HTMLElement} */ (part(screen, "installed")).hidden = !installed;
  /** @type {HTMLElement} */ (part(screen, "in-browser")).hidden = installed;
  screen.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const link = /** @type {HTMLInputElement} */ (screen.querySelector("[name=link]")).value.trim();
    location.assign(`/authenticator/pair/#${link.split("#").at(-1)}`);
  });
  return screen;
}

/** @param {News} news @param {() => void} refresh draws the screen again */
export async function homeScreen(news, refresh) {
  if (!news.devices.length) return emptyScreen();
  const screen = copy("screen-home");
  const accounts = news.devices.map((device) => account(device, news.standing[device.device_id], refresh));
  part(screen, "rows")?.append(reach(news), ...accounts, await notifications(refresh));
  await writeLast(screen, news.devices);
  return screen;
}
