// @ts-check
/// <reference lib="webworker" />
/** Deny, pressed in a notification: the same inbox, the same signature, the same kept answer as in the page. */

/** Which words tell of a result; whatever is not here can be tried again. @type {Record<string, string>} */
const ENDS = { denied: "denied-", not_me: "denied-", over: "over-", expired: "over-", wrong: "over-", removed: "removed-" };

/** No account of this browser was asked this. @param {string[]} standings of all accounts */
function whyNot(standings) {
  if (standings.includes("clock")) return "clock";
  if (standings.includes("unreadable")) return "stuck";
  return standings.includes("ok") ? "over" : "removed";
}

/** Which account it belongs to is not in the push: each inbox is asked. @param {string} id @returns {Promise<string>} result of answers.js, "away" or "stuck" */
async function denyFound(id) {
  const asked = Date.now();
  const known = await devices();
  const heard = (await Promise.allSettled(known.map(askInbox))).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const open = heard.flatMap(({ questions }) => questions);
  const isWhole = heard.length === known.length && heard.every(({ standing }) => standing === "ok");
  if (isWhole) await closeEnded(worker.registration, [id, ...open.map(({ challenge_id }) => challenge_id)], asked);
  const question = open.find(({ challenge_id }) => challenge_id === id);
  if (question) return deliver(question.device, await decide(question, DENIAL));
  return heard.length < known.length ? "away" : whyNot(heard.map(({ standing }) => standing));
}

/** An answer on its way already goes first: it may have arrived without our knowing. @param {string} id */
async function denial(id) {
  const earlier = (await unsent()).find(({ kept }) => kept.challenge_id === id && kept.said.decision === "deny");
  return earlier ? deliver(earlier.question.device, earlier.kept) : denyFound(id);
}

/** @param {string} id */
async function deny(id) {
  await notify("denying-", { tag: tagOf(id), silent: true });
  const result = await denial(id).catch((error) => (error instanceof Unreachable ? "away" : "stuck"));
  if (!(result in ENDS)) return showQuestion(id, `${result}-`);
  await Promise.allSettled([showEnd(id, ENDS[result]), tellWindows({ type: "answered", id, result })]);
}
