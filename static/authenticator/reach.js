// @ts-check
/**
 * What the server knows of the way to this device, asked for at each start and kept for the next.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {import("./verdict.js").View} View
 * @typedef {import("./verdict.js").Verdict} Verdict
 * @typedef {import("./notifications.js").State} State
 */

import { call, Unreachable } from "./api.js";
import { sendEchoes } from "./echo.js";
import { changeDevice, devices } from "./keys.js";
import { notificationState, renew, syncNotifications } from "./notifications.js";
import { keep, read } from "./store.js";
import { verdictOf, worst } from "./verdict.js";

const PATH = "/v1/authenticator/device";
const FRESH = 60; // s in which the first push may still be on its way

/** What it said last. @param {Device} device @returns {Promise<View | undefined>} */
export const viewOf = ({ device_id }) => read("facts", `view-${device_id}`);

/** @param {Device} device @returns {Promise<View | undefined>} undefined: it cannot say now */
export async function askHealth(device) {
  const answer = await call(device, "POST", `${PATH}/health`, "{}").catch(() => null);
  if (answer?.status !== 200) return undefined;
  const view = { push: answer.data.push, services: answer.data.services, now: answer.data.now };
  await keep("facts", view, `view-${device.device_id}`);
  return view;
}

/** Asks for a test push. @param {Device} device @returns {Promise<"sent" | "limit" | "away" | "refused">} */
export async function askForTest(device) {
  try {
    const { status } = await call(device, "POST", `${PATH}/test`, "{}");
    return status === 202 ? "sent" : "refused";
  } catch (error) {
    return error instanceof Unreachable && error.message === "429" ? "limit" : "away";
  }
}

/** One word for this browser and all its accounts. @returns {Promise<Exclude<State, "on"> | Verdict>} */
export async function reachability() {
  const state = await notificationState();
  if (state !== "on") return state;
  return worst((await Promise.all((await devices()).map(viewOf))).map(verdictOf));
}

/** Mends what can be mended without asking anybody. @returns {Promise<boolean>} whether the server is to be asked again */
async function mend() {
  const seen = await Promise.all((await devices()).map(async (device) => ({ device, view: await viewOf(device) })));
  const of = (/** @type {Verdict} */ verdict) => seen.filter(({ view }) => verdictOf(view) === verdict);
  const [gone, refused] = [of("gone"), of("refused")];
  const late = of("waiting").filter(({ view }) => view?.push && view.now - view.push.created_at > FRESH);
  for (const { device } of refused) await changeDevice(device, { sub: null });
  if (gone.length) await renew();
  else if (refused.length) await syncNotifications();
  await Promise.all(late.map(({ device }) => askForTest(device)));
  return gone.length + refused.length > 0;
}

/** Sends back what waits, then asks about every account. */
export async function learn() {
  await sendEchoes();
  await Promise.all((await devices()).map(askHealth));
}

/** At each start of the page: tells the present address, learns what came of it, mends. */
export async function resync() {
  await syncNotifications();
  await learn();
  if ((await notificationState()) === "on" && (await mend())) await learn();
}
