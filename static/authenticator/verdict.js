// @ts-check
/**
 * Whether a push would arrive, from what the server knows of this device.
 *
 * @typedef {object} Push
 * @property {string} kind                   webpush, fcm-token or fcm-fid
 * @property {number} created_at             all times in seconds of the server's clock
 * @property {number | null} proven_at       when this device first sent a test value back
 * @property {number | null} last_success
 * @property {number | null} last_failure
 * @property {string | null} reason          of the last failure, one word
 * @property {boolean} undeliverable         the push service no longer knows the address
 *
 * @typedef {{push: Push | null, services: Record<string, string>, now: number}} View
 * @typedef {"refused" | "gone" | "stopped" | "failing" | "waiting" | "unknown" | "reachable"} Verdict   unknown: the server has not been asked
 */

/** Worst first. @type {Verdict[]} */
const ORDER = ["refused", "gone", "stopped", "failing", "waiting", "unknown", "reachable"];

/** @param {View} view */
export const isStopped = ({ push, services }) => push !== null && services[push.kind === "webpush" ? "webpush" : "fcm"] === "stopped";

/** @param {Push} push */
const hasFailed = ({ last_failure, last_success, proven_at }) => (last_failure ?? 0) > Math.max(last_success ?? 0, proven_at ?? 0);

/** @param {View | undefined} view @returns {Verdict} */
export function verdictOf(view) {
  if (!view) return "unknown";
  if (!view.push) return "refused";
  if (view.push.undeliverable) return "gone";
  if (isStopped(view)) return "stopped";
  if (hasFailed(view.push)) return "failing";
  return view.push.proven_at === null ? "waiting" : "reachable";
}

/** Of several accounts in one browser, the one that needs care. @param {Verdict[]} verdicts @returns {Verdict} */
export const worst = (verdicts) => ORDER.find((one) => verdicts.includes(one)) ?? "unknown";
