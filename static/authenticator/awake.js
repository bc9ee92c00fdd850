// @ts-check
/** What goes on beside the screens: the worker's messages, and keeping this device reachable. */

import { refreshHome } from "./home.js";
import { leaveHealth } from "./idle.js";
import { learn, resync } from "./reach.js";
import { onWorker } from "./worker.js";

/**
 * @typedef {object} Acts
 * @property {() => void} look       ask the inbox now
 * @property {() => void} come       a notification was pressed
 * @property {(told: {id: string, result: string}) => void} answered   in a notification, by this browser's own worker
 * @property {() => void} redraw
 */

/** @param {Acts} acts */
export function listen({ look, come, answered, redraw }) {
  const proven = () => learn().then(() => refreshHome(redraw));
  const open = () => {
    leaveHealth();
    come();
  };
  onWorker({ inbox: look, open, answered, proven });
}

/** @param {() => void} redraw */
export const catchUp = (redraw) => resync().then(() => refreshHome(redraw));
