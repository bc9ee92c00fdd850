// @ts-check
/** What the inbox said last, less what has ended here since. */

import { timeOf } from "./api.js";
import { idleSignature } from "./idle.js";

/**
 * @typedef {import("./inbox.js").News} News
 * @typedef {import("./answers.js").Question} Question
 */

const LAST_MOMENT = 3; // s before its end a request that is gone has expired, whatever our clock says

/** @type {News} */
let latest = { devices: [], questions: [], standing: {}, asked: 0 };
/** Requests that have ended here: an inbox answer that was on its way may still list them. @type {Set<string>} */
const ended = new Set();

/** @param {News} news */
export const hear = (news) => void (latest = news);
export const heard = () => latest;

/** @param {string} challengeId */
export const markEnded = (challengeId) => void ended.add(challengeId);

export const open = () => latest.questions.filter(({ challenge_id }) => !ended.has(challenge_id));

/** @param {Question} question */
export const isOpen = (question) => open().some(({ challenge_id }) => challenge_id === question.challenge_id);

/** How a request that the inbox no longer lists has ended. @param {Question} question */
export const wayOut = ({ exp, device }) => (exp - timeOf(device) < LAST_MOMENT ? "expired" : "over");

/** What the home screen or the list is drawn for: drawn again when this is another. */
export const due = () => open().map((one) => one.challenge_id).join() || idleSignature(latest);
