// @ts-check
/**
 * What an iPhone or iPad needs before it can be woken: web push is there in installed apps only,
 * from version 16.4 on.
 */

const agent = navigator.userAgent;
/** An iPad calls itself a Mac, but no Mac has a touch screen. */
const isApplePhone =
  /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
const VERSION = /OS (\d+)_(\d+)/;
const [FIRST_MAJOR, FIRST_MINOR] = [16, 4];

/** Whether this is an app on the home screen and no tab. */
export const isInstalled = () =>
  matchMedia("(display-mode: standalone)").matches ||
  /** @type {Navigator & {standalone?: boolean}} */ (navigator).standalone === true; // Safari's

function isOld() {
  const [, major = FIRST_MAJOR, minor = FIRST_MINOR] = VERSION.exec(agent)?.map(Number) ?? [];
  return major < FIRST_MAJOR || (major === FIRST_MAJOR && minor < FIRST_MINOR);
}

/** @returns {"ios" | "ios-old" | null} what stands in the way here; null on everything else */
export function appleObstacle() {
  if (!isApplePhone) return null;
  if (isOld()) return "ios-old";
  return isInstalled() ? null : "ios";
}
