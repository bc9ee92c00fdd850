// @ts-check
/**
 * Asks for open questions while the page is open and visible: no push service is needed. A push
 * that comes only makes it ask at once, and so does an event of a stream; where neither comes it
 * asks every few seconds.
 *
 * @import { Device } from "../protocol/devices.js"
 * @import { Question } from "./answers.js"
 * @import { Heard } from "./inbox_request.js"
 * @import { InboxState } from "./inbox_state.js"
 */

import { Unreachable } from "../protocol/api.js";
import { timeOf } from "../protocol/clock.js";
import { devices } from "../protocol/devices.js";
import { openStreams } from "./inbox_events.js";
import { askInbox } from "./inbox_request.js";

const QUICK = 2; // s between two calls while something may come
const SLOW = 10; // s, when the page lies open and nobody has touched it
const TOLD = 15; // s beside streams that tell, and up to a third more: a word may be lost
const AWAKE = 600; // s after a touch or a question
const LONGEST = 30; // s between two tries without connection

const seconds = () => Date.now() / 1000;

/** @type {Map<string, Question[]>} */
const lastHeard = new Map();

/**
 * Without connection the questions we know of stay, until they expire.
 * @param {Device} device
 * @param {unknown} error
 * @returns {Heard}
 */
function offline(device, error) {
  const known = lastHeard.get(device.device_id) ?? [];
  const questions = known.filter(({ exp }) => exp > timeOf(device));
  return { questions, standing: "away", wait: error instanceof Unreachable ? error.wait : 0 };
}

/** @param {Device} device */
async function hear(device) {
  const { device_id } = device;
  const heard = await askInbox(device).catch((error) => offline(device, error));
  lastHeard.set(device_id, heard.questions);
  return { device_id, ...heard };
}

/**
 * @param {(state: InboxState) => void} report called after each round
 * @param {() => void} broken called when the keys cannot be read any more
 */
export function openInbox(report, broken) {
  let failures = 0;
  let touched = seconds();
  let asking = false;
  let again = false;
  /** @type {Device[]} */
  let known = [];
  const streams = openStreams(now);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function round() {
    const asked = Date.now();
    known = await devices();
    const heard = await Promise.all(known.map(hear));
    const standing = Object.fromEntries(heard.map((one) => [one.device_id, one.standing]));
    const questions = heard.flatMap((one) => one.questions);
    if (questions.length) touched = seconds();
    failures = heard.some((one) => one.standing === "away") ? failures + 1 : 0;
    const listened = known.filter(({ device_id }) => standing[device_id] === "ok");
    streams.follow(document.hidden ? [] : listened);
    report({ devices: known, questions, standing, asked });
    const backOff = failures && Math.min(LONGEST, QUICK * 2 ** failures);
    return Math.max(backOff, ...heard.map((one) => one.wait));
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
    if (!document.hidden) timer = setTimeout(now, 1000 * Math.max(wait, pause()));
  }

  function pause() {
    if (streams.tell(known)) return TOLD * (1 + Math.random() / 3);
    return seconds() - touched < AWAKE ? QUICK : SLOW;
  }

  function rest() {
    clearTimeout(timer);
    streams.follow([]);
  }

  function wake() {
    touched = seconds();
    if (document.hidden) rest();
    else now();
  }

  function start() {
    for (const name of ["visibilitychange", "online"]) addEventListener(name, wake);
    addEventListener("pageshow", ({ persisted }) => persisted && wake());
    addEventListener("pagehide", rest);
    for (const name of ["pointerdown", "keydown"]) {
      addEventListener(name, () => (touched = seconds()));
    }
    return now();
  }

  return { now, start };
}
