// @ts-check
/** The authenticator's page: one screen at a time, chosen by what the inbox says and by what the person presses. */

import { decide, unsent } from "./answers.js";
import { timeOf } from "./api.js";
import { obstacle } from "./checks.js";
import { homeScreen, signature } from "./home.js";
import { openInbox } from "./inbox.js";
import { showList } from "./list.js";
import { syncNotifications } from "./notifications.js";
import { copy, show } from "./page.js";
import { lock, setSeveral, showPrompt } from "./prompt.js";
import { settle, showResult } from "./results.js";
import { onWake, startWorker } from "./worker.js";

/**
 * @typedef {import("./answers.js").Question} Question
 * @typedef {import("./answers.js").Kept} Kept
 * @typedef {import("./inbox.js").News} News
 */

const READ_TIME = 4000; // ms that a result stays when the next request is already here
const LAST_MOMENT = 3; // s before its end a request that is gone has expired, whatever our clock says

/** @type {News} */
let news = { devices: [], questions: [], standing: {} };
/** What is on the screen; "busy" is an answer on its way. @type {"" | "home" | "list" | "prompt" | "busy" | "result"} */
let stage = "";
/** What the home screen or the list was drawn for. */
let drawn = "";
let resultAt = 0;
/** @type {{question: Question, screen: HTMLElement} | undefined} */
let prompt;
/** Requests that have ended here: an inbox answer that was on its way may still list them. @type {Set<string>} */
const ended = new Set();

const open = () => news.questions.filter(({ challenge_id }) => !ended.has(challenge_id));
const due = () => open().map((one) => one.challenge_id).join() || signature(news);

/** @param {Question} question @param {string} name of the result's screen */
function end(question, name) {
  ended.add(question.challenge_id);
  stage = "result";
  resultAt = Date.now();
  showResult(name, question, next, (screen) => takeBack(question, screen));
}

/**
 * @param {Question} question @param {HTMLElement} screen what stays visible meanwhile
 * @param {() => Promise<Kept>} prepare @param {(result: string) => string} [name] of the screen for a result
 */
async function send(question, screen, prepare, name = (result) => result) {
  stage = "busy";
  try {
    end(question, name(await settle(question, await prepare(), screen)));
  } catch {
    stop(); // the key or the kept answer could not be read or written
  }
}

/** A deny of the same request; it counts until that screen has gone on. @param {Question} question @param {HTMLElement} screen */
function takeBack(question, screen) {
  lock(screen);
  const deny = () => decide(question, { decision: "deny", number: null, reason: "cancelled" });
  send(question, screen, deny, (result) => (result === "denied" ? "undone" : "too-late"));
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
  setSeveral(screen, open().length > 1);
}

/** Leaves whatever is on the screen for what is due. */
function next() {
  const questions = open();
  drawn = due();
  stage = questions.length > 1 ? "list" : "home";
  if (questions.length === 1) ask(questions[0]);
  else if (questions.length) showList(questions, ask);
  else goHome();
}

async function goHome() {
  const wanted = drawn;
  const screen = await homeScreen(news, redraw);
  // A question may have come while the browser was asked about notifications.
  if (stage === "home" && drawn === wanted) show(screen, news.devices.map((device) => device.account).join(", "));
}

/** After a change that was made here. */
function redraw() {
  drawn = "";
  inbox.now();
}

/** The request on the screen may have ended elsewhere. @param {{question: Question, screen: HTMLElement}} prompt */
function watchPrompt({ question, screen }) {
  if (open().some(({ challenge_id }) => challenge_id === question.challenge_id)) setSeveral(screen, open().length > 1);
  else end(question, question.exp - timeOf(question.device) < LAST_MOMENT ? "expired" : "over");
}

const mayLeaveResult = () => open().length > 0 && Date.now() - resultAt > READ_TIME;

/** @param {News} latest */
function report(latest) {
  news = latest;
  if (stage === "prompt" && prompt) watchPrompt(prompt);
  else if (stage === "result" ? mayLeaveResult() : stage !== "busy" && due() !== drawn) next();
}

/** A decision that was kept when the page was closed goes out before anything else. */
async function sendKept() {
  for (const { kept, question } of await unsent()) {
    const screen = copy("screen-sending");
    show(screen, question.device.account);
    lock(screen);
    await send(question, screen, async () => kept);
  }
}

const stop = () => show(copy("obstacle-storage"));
const inbox = openInbox(report, stop);

async function start() {
  const problem = await obstacle();
  if (problem) return show(copy(`obstacle-${problem}`));
  await startWorker();
  onWake(inbox.now);
  await sendKept();
  await inbox.start();
  await syncNotifications();
}

start();
