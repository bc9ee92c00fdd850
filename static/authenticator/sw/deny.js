// @ts-check
/**
 * Deny, pressed in a notification: the same inbox, the same signature, the same kept answer as in
 * the page.
 */

import { Unreachable } from "../protocol/api.js";
import { devices } from "../protocol/devices.js";
import { closeEnded } from "../push/shown_notifications.js";
import { decide, deliver, DENIAL, unsent } from "../questions/answers.js";
import { askInbox } from "../questions/inbox_request.js";
import { notify, showEnd, showQuestion, tagOf, tellWindows } from "./notifications.js";
import { worker } from "./shell.js";

const TRIES = 4; // in all, while the server is there and asks for patience
const LONGEST_REST = 6; // s between two of them; browsers end a worker that takes minutes

/**
 * Which words tell of a result; whatever is not here can be tried again.
 * @type {Record<string, string>}
 */
const ENDS = {
  denied: "denied-",
  not_me: "denied-",
  over: "over-",
  expired: "over-",
  wrong: "over-",
  removed: "removed-",
};

/** No account of this browser was asked this. @param {string[]} standings of all accounts */
function whyNot(standings) {
  if (standings.includes("clock")) return "clock";
  if (standings.includes("unreadable")) return "stuck";
  return standings.includes("ok") ? "over" : "removed";
}

/**
 * Which account it belongs to is not in the push: each inbox is asked.
 * @param {string} id
 * @returns {Promise<string>} result of answers.js, "away" or "stuck"
 */
async function denyFound(id) {
  const asked = Date.now();
  const known = await devices();
  const answers = await Promise.allSettled(known.map(askInbox));
  const heard = answers.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const open = heard.flatMap(({ questions }) => questions);
  const isWhole = heard.length === known.length && heard.every(({ standing }) => standing === "ok");
  const ids = open.map(({ challenge_id }) => challenge_id);
  if (isWhole) await closeEnded(worker.registration, [id, ...ids], asked);
  const question = open.find(({ challenge_id }) => challenge_id === id);
  if (question) return deliver(question.device, await decide(question, DENIAL));
  const errors = answers.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const away = errors.find((error) => error instanceof Unreachable);
  if (away) throw away;
  return heard.length < known.length ? "away" : whyNot(heard.map(({ standing }) => standing));
}

/**
 * An answer on its way already goes first: it may have arrived without our knowing.
 * @param {string} id
 */
async function denial(id) {
  const denials = (await unsent()).filter(({ kept }) => kept.said.decision === "deny");
  const earlier = denials.find(({ kept }) => kept.challenge_id === id);
  return earlier ? deliver(earlier.question.device, earlier.kept) : denyFound(id);
}

/**
 * A server that is there and cannot answer now says when it can: then the same bytes go out again
 * by themselves.
 * @param {string} id @param {number} [tries] @returns {Promise<string>}
 */
async function denialInTime(id, tries = TRIES) {
  try {
    return await denial(id);
  } catch (error) {
    if (!(error instanceof Unreachable)) return "stuck";
    if (tries <= 1 || !error.wait || error.wait > LONGEST_REST) return "away";
    await new Promise((resolve) => setTimeout(resolve, 1000 * error.wait));
    return denialInTime(id, tries - 1);
  }
}

/** @param {string} id */
export async function deny(id) {
  await notify("denying-", { tag: tagOf(id), silent: true });
  const result = await denialInTime(id);
  const end = ENDS[result];
  if (!end) return showQuestion(id, `${result}-`);
  const told = tellWindows({ type: "answered", id, result });
  await Promise.allSettled([showEnd(id, end), told]);
}
