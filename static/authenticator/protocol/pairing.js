// @ts-check
/**
 * Pairing: what the token of a link stands for, and the one call that makes this browser a device.
 *
 * @import { Device } from "./devices.js"
 *
 * @typedef {object} Invitation
 * @property {string} token
 * @property {string} account
 * @property {string} username
 * @property {number} offset  seconds to add to this device's clock
 */

import { send } from "./api.js";
import { canonical } from "./canonical.js";
import { ownTime, wasSkewed } from "./clock.js";
import { makeSigner, pairBody } from "./messages.js";

const PATH = "/v1/authenticator/pair";

/** @param {number | null} now the server's time */
const offsetTo = (now) => (now === null ? 0 : now - ownTime());

/** @param {string} token @returns {Promise<Invitation | null>} null: unknown, used or too old */
export async function lookUp(token) {
  const { status, data, now } = await send("POST", `${PATH}/look`, canonical({ token }));
  if (status !== 200) return null;
  const { account, username } = /** @type {{account: string, username: string}} */ (data);
  return { token, account, username, offset: offsetTo(now) };
}

/**
 * @param {Invitation} invitation
 * @param {string} name what the person calls this device
 * @param {string | null} sub where its pushes go
 * @returns {Promise<Device | null>} null: used or too old
 */
export async function pair({ token, account, offset }, name, sub) {
  const signer = await makeSigner();
  const aud = location.origin;
  const post = async (/** @type {number} */ iat) =>
    send("POST", PATH, await pairBody(signer, { aud, token, name, sub, iat }));
  const iat = ownTime() + offset;
  const first = await post(iat);
  const skewed = first.code === "clock_skew" && wasSkewed(iat, first.now);
  const { status, data, now } = skewed ? await post(first.now ?? iat) : first;
  if (status !== 201) return null;
  const { device_id, user } = /** @type {{device_id: string, user: string}} */ (data);
  const here = { account, name, aud, sub, paired_at: ownTime(), confirmed: false };
  return { device_id, user, ...here, offset: offsetTo(now), ...signer };
}
