// @ts-check
/**
 * The authenticator's page: one screen at a time, chosen by what the inbox says and by what the
 * person presses.
 *
 * @import { Kept, Question } from "./questions/answers.js"
 * @import { InboxState } from "./questions/inbox_state.js"
 */

import { catchUp, listen } from "./background.js";
import { obstacle } from "./obstacles.js";
import { startWorker, tidyNotifications } from "./push/worker.js";
import { decide, DENIAL, unsent } from "./questions/answers.js";
import { openInbox } from "./questions/inbox.js";
import {
  endOf,
  inboxState,
  isOpen,
  markEnded,
  openQuestions,
  setInboxState,
} from "./questions/inbox_state.js";
import { idleSignature, showIdle } from "./screens/idle_screen.js";
import { copy, show, words } from "./screens/page.js";
import { lock, setSeveral, showPrompt } from "./screens/prompt.js";
import { showList } from "./screens/question_list.js";
import { settle, showResult, showSending } from "./screens/result.js";

const READ_TIME = 4000; // ms that a result stays when the next request is already here

/**
 * What is on the screen; "busy" is an answer on its way.
 * @type {"" | "idle" | "list" | "prompt" | "busy" | "result"}
 */
let stage = "";
/** A notification was pressed, and what it is about does not show yet. */
let called = false;
/** What the idle screen or the list was drawn for. */
let drawn = "";
let resultAt = 0;
/** @type {{question: Question, screen: HTMLElement} | undefined} */
let prompt;

/** @param {Question} question @param {string} name of the result's screen */
function end(question, name) {
  markEnded(question.challenge_id);
  stage = "result";
  resultAt = Date.now();
  setTimeout(inbox.now, READ_TIME + 1); // what came meanwhile shows then
  showResult(name, question, next, (screen) => takeBack(question, screen));
}

/**
 * @param {Question} question @param {HTMLElement} screen what stays visible meanwhile
 * @param {() => Promise<Kept>} prepare
 * @param {(result: string) => string} [name] of the screen for a result
 */
async function send(question, screen, prepare, name = (result) => result) {
  stage = "busy";
  try {
    end(question, name(await settle(question, await prepare(), screen)));
  } catch {
    stop(); // the key or the kept answer could not be read or written
  }
}

/**
 * A deny of the same request; it counts until that screen has gone on.
 * @param {Question} question
 * @param {HTMLElement} screen
 */
function takeBack(question, screen) {
  lock(screen);
  const name = (/** @type {string} */ result) => (result === "denied" ? "undone" : "too-late");
  send(question, screen, () => decide(question, DENIAL), name);
}

/** @param {Question} question */
function ask(question) {
  const screen = showPrompt(question, {
    answer: (said, pressed) => send(question, pressed, () => decide(question, said)),
    list: next,
    expired: () => end(question, "expired"),
    unreadable: () => end(question, "unreadable"),
  });
  stage = "prompt";
  prompt = { question, screen };
  setSeveral(screen, openQuestions().length > 1);
}

/** What the idle screen or the list is drawn for: drawn again when this is another. */
function due() {
  const ids = openQuestions().map(({ challenge_id }) => challenge_id);
  return ids.join() || idleSignature(inboxState());
}

/** Leaves whatever is on the screen for what is due. */
function next() {
  const [questions, wanted] = [openQuestions(), due()];
  const [first, ...others] = questions;
  drawn = wanted;
  stage = others.length ? "list" : "idle";
  if (others.length) showList(questions, ask);
  else if (first) ask(first);
  else showIdle(inboxState(), redraw, () => stage === "idle" && drawn === wanted);
}

/** After a change that was made here. */
function redraw() {
  drawn = "";
  inbox.now();
}

/**
 * The request on the screen may have ended elsewhere.
 * @param {{question: Question, screen: HTMLElement}} shown
 */
function watchPrompt({ question, screen }) {
  if (isOpen(question)) setSeveral(screen, openQuestions().length > 1);
  else end(question, endOf(question));
}

const mayLeaveResult = () => openQuestions().length > 0 && Date.now() - resultAt > READ_TIME;

/**
 * To what a pressed notification is about: the only request, ready to be typed into, or all of
 * them.
 */
function come() {
  called = false;
  const { length } = openQuestions();
  if (stage === "result" && !length) return;
  if (stage === "prompt" && length === 1) prompt?.screen.querySelector("input")?.focus();
  else next();
}

/** @param {InboxState} latest */
function report(latest) {
  setInboxState(latest);
  tidyNotifications(latest);
  if (stage === "prompt" && prompt) watchPrompt(prompt);
  else if (stage === "result" ? mayLeaveResult() : stage !== "busy" && due() !== drawn) next();
  if (called && stage !== "busy") come();
}

/**
 * Denied in its notification, by this browser's own worker.
 * @param {{id: string, result: string}} told
 */
function answered({ id, result }) {
  const question = stage === "prompt" ? prompt?.question : undefined;
  if (question?.challenge_id === id) return end(question, result);
  markEnded(id);
  inbox.now();
}

/** A decision that was kept when the page was closed goes out before anything else. */
async function sendKept() {
  for (const { kept, question } of await unsent()) {
    await send(question, showSending(question), async () => kept);
  }
}

const stop = () => show(copy("obstacle-storage"));
const inbox = openInbox(report, stop);

function comeSoon() {
  called = true;
  inbox.now();
}

async function start() {
  const problem = await obstacle();
  if (problem) return show(copy(`obstacle-${problem}`));
  await startWorker(words("push-"));
  listen({ look: inbox.now, come: comeSoon, answered, redraw });
  addEventListener("hashchange", () => stage === "idle" && next());
  await sendKept();
  await inbox.start();
  await catchUp(redraw);
}

start();
