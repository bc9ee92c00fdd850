// @ts-check
/**
 * The page with the pairing code: goes on to the question by itself as soon as the phone has
 * answered.
 */

const EVERY = 2000; // ms between two looks
const box = document.querySelector("[data-pairing]");

/** @param {string} name */
const part = (name) => document.querySelector(`[data-${name}]`);

/** @param {string} words */
function say(words) {
  const line = part("words");
  // Only a change is announced to who listens to the page.
  if (line && line.textContent !== words) line.textContent = words;
}

function isOver() {
  for (const name of ["code", "pulse"]) part(name)?.setAttribute("hidden", "");
  part("again")?.removeAttribute("hidden");
}

/** @param {HTMLElement} page @returns {Promise<boolean>} whether there is more to wait for */
async function look(page) {
  const { state: url = "", next = "" } = page.dataset;
  const headers = { Accept: "application/json" };
  const answer = await fetch(url, { headers, cache: "no-store", redirect: "manual" });
  // Sent elsewhere: nobody is signed in here any more, and the page itself says what to do.
  if (answer.type === "opaqueredirect") location.reload();
  if (!answer.ok) return answer.type !== "opaqueredirect";
  const { state, words } = await answer.json();
  if (state === "answered") location.replace(next);
  else say(words);
  if (state === "over") isOver();
  return state === "waiting";
}

/** @param {HTMLElement} page */
function watch(page) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asking = false;

  async function round() {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    // No connection: the next look may have one.
    const more = await look(page).catch(() => true);
    asking = false;
    if (more) timer = setTimeout(round, EVERY);
    else document.removeEventListener("visibilitychange", round);
  }

  document.addEventListener("visibilitychange", round);
  round();
}

if (box instanceof HTMLElement) watch(box);
