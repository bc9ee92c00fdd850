// @ts-check
/**
 * What shows while nothing is asked: the home screen, or the one about notifications.
 *
 * @import { InboxState } from "../questions/inbox_state.js"
 */

import { healthScreen } from "./health.js";
import { homeScreen, signature } from "./home.js";
import { show } from "./page.js";

const HEALTH = "#health";

/** What the screen depends on: drawn again only when this changes. @param {InboxState} state */
export const idleSignature = (state) => location.hash + signature(state);

/** A notification was pressed: its request comes first. */
export function leaveHealth() {
  if (location.hash) history.replaceState(null, "", location.pathname);
}

/**
 * @param {InboxState} state
 * @param {() => void} refresh draws it again
 * @param {() => boolean} isStill whether it is still what should show
 */
export async function showIdle(state, refresh, isStill) {
  const { devices } = state;
  const isHealth = location.hash === HEALTH && devices.length > 0;
  const screen = await (isHealth ? healthScreen(devices, refresh) : homeScreen(state, refresh));
  // A question may have come while the browser was asked about notifications.
  if (isStill()) show(screen, devices.map((device) => device.account).join(", "));
}
