// @ts-check
/**
 * Asks for open questions while the page is open and visible: no push service is needed. A push that comes only makes it ask at once, and so
 * does an event of a stream; where neither comes it asks every few seconds.
 *
 * @typedef {import("./keys.js").Device} Device
 * @typedef {import("./questions.js").Question} Question
 * @typedef {import("./questions.js").Standing} Standing
 * @typedef {import("./questions.js").Heard} Heard
 * @typedef {{devices: Device[], questions: Question[], standing: Record<string, Standing>, asked: number}} News   asked: ms, when it was asked for
 */

import { timeOf, Unreachable } from "./api.js";
import { openEars } from "./events.js";
import { devices } from "./keys.js";
import { askInbox } from "./questions.js";

const QUICK = 2; // s between two calls while something may come
const SLOW = 10; // s, when the page lies open and nobody has touched it
const TOLD = 15; // s beside streams that tell, and up to a third more: no word should be lost, but may be
const AWAKE = 600; // s after a touch or a question
const LONGEST = 30; // s between two tries without connection

const seconds = () => Date.now() / 1000;

/** @type {Map<string, Question[]>} */
const lastHeard = new Map();

/** Without connection the questions we know of stay, until they expire. @param {Device} device @param {unknown} error @returns {Heard} */
function offline(device, error) {
  const still = (lastHeard.get(device.device_id) ?? []).filter(({ exp }) => exp > timeOf(device));
  return { questions: still, standing: "away", wait: error instanceof Unreachable ? error.wait : 0 };
}

/** @param {Device} device @returns {Promise<Heard>} */
async function hear(device) {
  const heard = await askInbox(device).catch((error) => offline(device, error));
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
  /** @type {Device[]} */
  let known = [];
  const ears = openEars(now);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function round() {
    const asked = Date.now();
    known = await devices();
    const heard = await Promise.all(known.map(hear));
    const standing = Object.fromEntries(known.map((device, at) => [device.device_id, heard[at].standing]));
    const questions = heard.flatMap((one) => one.questions);
    if (questions.length) touched = seconds();
    failures = heard.some((one) => one.standing === "away") ? failures + 1 : 0;
    ears.follow(document.hidden ? [] : known.filter((device) => standing[device.device_id] === "ok"));
    report({ devices: known, questions, standing, asked });
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
    if (!document.hidden) timer = setTimeout(now, 1000 * Math.max(wait, pause()));
  }

  function pause() {
    if (ears.tell(known)) return TOLD * (1 + Math.random() / 3);
    return seconds() - touched < AWAKE ? QUICK : SLOW;
  }

  function rest() {
    clearTimeout(timer);
    ears.follow([]);
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
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (touched = seconds()));
    return now();
  }

  return { now, start };
}
