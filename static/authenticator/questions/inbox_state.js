// @ts-check
/** What the inbox said last, less what has ended here since. */

import { timeOf } from "../protocol/clock.js";

/**
 * @import { Device } from "../protocol/devices.js"
 * @import { Question } from "./answers.js"
 * @import { Standing } from "./inbox_request.js"
 *
 * @typedef {object} InboxState
 * @property {Device[]} devices
 * @property {Question[]} questions
 * @property {Record<string, Standing>} standing  of each account, by the id of its device
 * @property {number} asked                       ms, when the server was asked
 */

const LAST_MOMENT = 3; // s before its end, one that is gone has expired, whatever our clock says

/** @type {InboxState} */
let latest = { devices: [], questions: [], standing: {}, asked: 0 };
/**
 * Requests that have ended here: an inbox answer that was on its way may still list them.
 * @type {Set<string>}
 */
const ended = new Set();

/** @param {InboxState} state */
export const setInboxState = (state) => void (latest = state);
export const inboxState = () => latest;

/** @param {string} challengeId */
export const markEnded = (challengeId) => void ended.add(challengeId);

export const openQuestions = () =>
  latest.questions.filter(({ challenge_id }) => !ended.has(challenge_id));

/** @param {Question} question */
export const isOpen = (question) =>
  openQuestions().some(({ challenge_id }) => challenge_id === question.challenge_id);

/** How a request that the inbox no longer lists has ended. @param {Question} question */
export const endOf = ({ exp, device }) =>
  exp - timeOf(device) < LAST_MOMENT ? "expired" : "over";
