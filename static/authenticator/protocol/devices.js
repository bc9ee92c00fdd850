// @ts-check
/**
 * The paired accounts of this browser. Each has a key of its own, made here and not extractable:
 * two accounts of one person are not known to belong together, and removing one leaves the other
 * alone.
 *
 * @import { Point } from "./canonical.js"
 *
 * @typedef {object} Device
 * @property {string} device_id
 * @property {string} user        handle of the account, signed with every answer
 * @property {string} account     what the account is called
 * @property {string} name        what the person called this device
 * @property {string} aud         the origin it was paired on
 * @property {number} offset      seconds to add to this device's clock
 * @property {number} paired_at   seconds
 * @property {boolean} confirmed  whether the server has listened to it since
 * @property {string | null} sub  the push address the server holds for it
 * @property {Point} jwk
 * @property {CryptoKey} key
 */

import { change, forget, keep, readAll } from "./store.js";

/**
 * One object for one device, so that a clock set right is right for every question at once.
 * @type {Map<string, Device>}
 */
const known = new Map();

/** @param {Device} row */
function remembered(row) {
  const device = Object.assign(known.get(row.device_id) ?? row, row);
  known.set(device.device_id, device);
  return device;
}

/** @returns {Promise<Device[]>} oldest first */
export async function devices() {
  /** @type {Device[]} */
  const found = await readAll("devices");
  return found.map(remembered).sort((a, b) => a.paired_at - b.paired_at);
}

/** @param {Device} device */
export const addDevice = (device) => keep("devices", device);

/** @param {string} deviceId */
export const removeDevice = (deviceId) => forget("devices", deviceId);

/**
 * Changes some facts of a device that is still here, on disk and in the object given.
 * @param {Device} device
 * @param {Partial<Device>} facts
 */
export async function changeDevice(device, facts) {
  await change("devices", device.device_id, facts);
  // after the disk: a reader in between must not put the old value back
  Object.assign(device, facts);
}
