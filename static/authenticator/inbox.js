// @ts-check
/**
 * Asks for open questions while the page is open and visible: no push service is needed, and a push that comes only makes it ask at once.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {import("./answers.js").Question} Question
 * @typedef {"ok" | "away" | "waiting" | "removed" | "clock" | "unreadable"} Standing   of one account, as its last answer says
 * @typedef {{questions: Question[], standing: Standing, wait: number}} Heard           wait: seconds that the server asked for
 * @typedef {{devices: Device[], questions: Question[], standing: Record<string, Standing>}} News
 */

import { isReadable } from "./answers.js";
import { call, timeOf, Unreachable } from "./api.js";
import { changeDevice, devices } from "./keys.js";

const QUICK = 2; // s between two calls while something may come
const SLOW = 10; // s, when the page lies open and nobody has touched it
const AWAKE = 600; // s after a touch or a question
const LONGEST = 30; // s between two tries without connection
const PAIRING = 600; // s in which "unknown" means "not confirmed yet"
const FIELDS = { challenge_id: "string", nonce: "string", exp: "number" };

const seconds = () => Date.now() / 1000;

/** @param {any} item */
const isWhole = (item) => isReadable(item?.context) && Object.entries(FIELDS).every(([name, type]) => typeof item[name] === type);

/** @param {Device} device @returns {Standing} */
const unknown = (device) => (!device.confirmed && seconds() - device.paired_at < PAIRING ? "waiting" : "removed");

/** @param {Device} device @param {any[]} items @returns {Heard} */
function questionsOf(device, items) {
  const questions = items.filter(isWhole).map((item) => ({ ...item, device }));
  return { questions, standing: questions.length === items.length ? "ok" : "unreadable", wait: 0 };
}

/** @param {Device} device @returns {Promise<Heard>} */
async function ask(device) {
  const { status, code, data } = await call(device, "POST", "/v1/authenticator/inbox", "{}");
  if (status !== 200) return { questions: [], standing: code === "clock_skew" ? "clock" : unknown(device), wait: 0 };
  if (!device.confirmed) await changeDevice(device, { confirmed: true });
  return questionsOf(device, data.challenges);
}

/** @type {Map<string, Question[]>} */
const lastHeard = new Map();

/** Without connection the questions we know of stay, until they expire. @param {Device} device @param {unknown} error @returns {Heard} */
function offline(device, error) {
  const still = (lastHeard.get(device.device_id) ?? []).filter(({ exp }) => exp > timeOf(device));
  return { questions: still, standing: "away", wait: error instanceof Unreachable ? error.wait : 0 };
}

/** @param {Device} device @returns {Promise<Heard>} */
async function hear(device) {
  const heard = await ask(device).catch((error) => offline(device, error));
  lastHeard.set(device.device_id, heard.questions);
  return heard;
}

/**
 * @param {(news: News) => void} report called after each round
 * @param {() => void} broken called when the keys cannot be read any more
 */
export function openInbox(report, broken) {
  let failures = 0;
  let touched = seconds();
  let asking = false;
  let again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function round() {
    const known = await devices();
    const heard = await Promise.all(known.map(hear));
    const standing = Object.fromEntries(known.map((device, at) => [device.device_id, heard[at].standing]));
    const questions = heard.flatMap((one) => one.questions);
    if (questions.length) touched = seconds();
    failures = heard.some((one) => one.standing === "away") ? failures + 1 : 0;
    report({ devices: known, questions, standing });
    return Math.max(failures && Math.min(LONGEST, QUICK * 2 ** failures), ...heard.map((one) => one.wait));
  }

  /** One round at once; a wish that comes during a round is served after it. */
  async function now() {
    again = asking;
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    const wait = await round().catch(broken);
    asking = false;
    if (wait === undefined) return;
    if (again) return now();
    if (!document.hidden) timer = setTimeout(now, 1000 * Math.max(wait, seconds() - touched < AWAKE ? QUICK : SLOW));
  }

  function wake() {
    touched = seconds();
    if (document.hidden) clearTimeout(timer);
    else now();
  }

  function start() {
    for (const name of ["visibilitychange", "online", "pageshow"]) addEventListener(name, wake);
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (touched = seconds()));
    return now();
  }

  return { now, start };
}
