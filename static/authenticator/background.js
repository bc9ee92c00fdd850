// @ts-check
/**
 * What goes on beside the screens: the worker's messages, and keeping this device reachable.
 *
 * @typedef {object} Acts
 * @property {() => void} look       ask the inbox now
 * @property {() => void} come       a notification was pressed
 * @property {(told: {id: string, result: string}) => void} answered
 *   in a notification, by this browser's own worker
 * @property {() => void} redraw
 */

import { learn, resync } from "./push/push_health.js";
import { onWorker } from "./push/worker.js";
import { refreshHome } from "./screens/home.js";
import { leaveHealth } from "./screens/idle_screen.js";

/** @param {Acts} acts */
export function listen({ look, come, answered, redraw }) {
  onWorker((message) => {
    switch (message?.type) {
      case "inbox":
        return look();
      case "open":
        leaveHealth();
        return come();
      case "answered":
        return answered(message);
      case "proven":
        learn().then(() => refreshHome(redraw));
    }
  });
}

/** @param {() => void} redraw */
export const catchUp = (redraw) => resync().then(() => refreshHome(redraw));
