// @ts-check
/** What shows while nothing is asked: the home screen, or the one about notifications. */

import { healthScreen } from "./health.js";
import { homeScreen, signature } from "./home.js";
import { show } from "./page.js";

/** @typedef {import("./inbox.js").News} News */

const HEALTH = "#health";

/** What the screen depends on: it is drawn again only when this changes. @param {News} news */
export const idleSignature = (news) => location.hash + signature(news);

/** A notification was pressed: its request comes first. */
export function leaveHealth() {
  if (location.hash) history.replaceState(null, "", location.pathname);
}

/** @param {News} news @param {() => void} refresh draws it again @param {() => boolean} isStill whether it is still what should show */
export async function showIdle(news, refresh, isStill) {
  const { devices } = news;
  const screen = location.hash === HEALTH && devices.length ? await healthScreen(devices, refresh) : await homeScreen(news, refresh);
  // A question may have come while the browser was asked about notifications.
  if (isStill()) show(screen, devices.map((device) => device.account).join(", "));
}
