// @ts-check
/** The server's time, as far as a device knows it: its own clock and an offset, in seconds. */

const LARGEST_SKEW = 60; // s, what the server forgives
const SLACK = 5; // s, below this the clock is left alone

/** This device's own clock, in seconds. */
export const ownTime = () => Math.floor(Date.now() / 1000);

/** The server's time as far as this device knows. @param {{offset: number}} device */
export const timeOf = (device) => ownTime() + device.offset;

/**
 * Whether a time we signed was too far from the server's.
 * @param {number} iat
 * @param {number | null} now
 */
export const wasSkewed = (iat, now) => now !== null && Math.abs(now - iat) > LARGEST_SKEW;

/**
 * The offset to go on with after an answer. `now`, the server's time in it, was right at some
 * moment while it was waited for, and that may have been long: the device may have slept.
 * @param {number} offset so far
 * @param {number} now
 * @param {number} sent this device's time when it asked
 * @param {number} received and when the answer was there
 */
export function offsetAfter(offset, now, sent, received) {
  const right = Math.min(Math.max(offset, now - received), now - sent);
  return Math.abs(right - offset) > SLACK ? right : offset;
}
