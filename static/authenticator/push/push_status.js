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
 * @typedef {object} PushHealth  what the server says of one device
 * @property {Push | null} push
 * @property {Record<string, string>} services  how each push service fares
 * @property {number} now
 *
 * @typedef {"refused" | "gone" | "stopped" | "failing" | "waiting" | "unknown" | "reachable"}
 *   PushStatus  unknown: the server has not been asked
 */

/** Worst first. @type {PushStatus[]} */
const ORDER = ["refused", "gone", "stopped", "failing", "waiting", "unknown", "reachable"];

/** @param {PushHealth} health */
export const isStopped = ({ push, services }) =>
  push !== null && services[push.kind === "webpush" ? "webpush" : "fcm"] === "stopped";

/** @param {Push} push */
const hasFailed = ({ last_failure, last_success, proven_at }) =>
  (last_failure ?? 0) > Math.max(last_success ?? 0, proven_at ?? 0);

/** @param {PushHealth | undefined} health @returns {PushStatus} */
export function statusOf(health) {
  if (!health) return "unknown";
  if (!health.push) return "refused";
  if (health.push.undeliverable) return "gone";
  if (isStopped(health)) return "stopped";
  if (hasFailed(health.push)) return "failing";
  return health.push.proven_at === null ? "waiting" : "reachable";
}

/**
 * Of several accounts in one browser, the one that needs care.
 * @param {PushStatus[]} statuses
 * @returns {PushStatus}
 */
export const worst = (statuses) => ORDER.find((one) => statuses.includes(one)) ?? "unknown";
