// @ts-check
/** The pairing page: which account, a name, one press; then two words that both screens must show. */

import { send, Unreachable, wasSkewed } from "./api.js";
import { obstacle } from "./checks.js";
import { cleanName, suggestedName } from "./device_name.js";
import { addDevice, devices } from "./keys.js";
import { currentAddress, notificationState, turnOn } from "./notifications.js";
import { copy, fill, on, part, show } from "./page.js";
import { appleObstacle } from "./platform.js";
import { canonical, makeSigner, pairBody, thumbprint } from "./protocol.js";
import { startWorker } from "./worker.js";
import { wordsOf } from "./words.js";

/** @typedef {{token: string, account: string, username: string, offset: number}} Invitation */

const TOKEN = /^#([A-Za-z0-9_-]{43})$/;
const deviceTime = () => Math.floor(Date.now() / 1000);

/** The token is a secret: it leaves the address bar, and with it the history and every screenshot, before anything else happens. */
function takeToken() {
  const token = TOKEN.exec(location.hash)?.[1];
  if (location.hash) history.replaceState(null, "", location.pathname);
  return token;
}

/** @param {string} token @returns {Promise<Invitation | null>} null: unknown, used or too old */
async function lookAt(token) {
  const { status, data, now } = await send("POST", "/v1/authenticator/pair/look", canonical({ token }));
  if (status !== 200) return null;
  return { token, account: data.account, username: data.username, offset: now === null ? 0 : now - deviceTime() };
}

/** @param {Invitation} invitation @param {string} name @returns {Promise<import("./keys.js").Device | null>} */
async function pair(invitation, name) {
  const signer = await makeSigner();
  const sub = await currentAddress();
  const { token, account } = invitation;
  const post = async (/** @type {number} */ iat) =>
    send("POST", "/v1/authenticator/pair", await pairBody(signer, { aud: location.origin, token, name, sub, iat }));
  const iat = deviceTime() + invitation.offset;
  const first = await post(iat);
  const skewed = first.code === "clock_skew" && wasSkewed(iat, first.now);
  const { status, data, now } = skewed ? await post(first.now ?? iat) : first;
  if (status !== 201) return null;
  const offset = now === null ? 0 : now - deviceTime();
  const { device_id, user } = data;
  return { device_id, user, account, name, aud: location.origin, offset, sub, paired_at: deviceTime(), confirmed: false, ...signer };
}

/** @param {HTMLElement} screen */
async function offerNotifications(screen) {
  const state = await notificationState();
  screen.querySelectorAll("[data-when]").forEach((element) => {
    if (element instanceof HTMLElement) element.hidden = (element.dataset.when === "off") !== (state === "off");
  });
}

/** @param {import("./keys.js").Device} device */
async function showPaired(device) {
  const screen = copy("screen-paired");
  const [first, second] = wordsOf(await thumbprint(device.jwk));
  fill(screen, { first, second });
  on(screen, "turn-on", async () => {
    await turnOn();
    await offerNotifications(screen);
  });
  await offerNotifications(screen);
  show(screen, device.account);
}

/** @param {Invitation} invitation @param {HTMLElement} screen @param {HTMLInputElement} field */
async function agree(invitation, screen, field) {
  const name = cleanName(field.value);
  field.setAttribute("aria-invalid", String(!name));
  /** @type {HTMLElement} */ (part(screen, "wrong")).hidden = name !== "";
  if (!name) return field.focus();
  const button = /** @type {HTMLButtonElement} */ (screen.querySelector("[data-pair]"));
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    navigator.storage?.persist?.(); // not awaited: some browsers ask the person, who may look at the pairing only
    const device = await pair(invitation, name);
    if (!device) return show(copy("pair-used"));
    await addDevice(device);
    await showPaired(device);
  } catch (error) {
    if (!(error instanceof Unreachable)) return show(copy("obstacle-storage"));
    /** @type {HTMLElement} */ (part(screen, "trouble")).hidden = false;
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/** @param {Invitation} invitation */
async function showQuestion(invitation) {
  const screen = copy("screen-pair");
  const field = /** @type {HTMLInputElement} */ (screen.querySelector("[name=device_name]"));
  fill(screen, { account: invitation.account, username: invitation.username });
  /** @type {HTMLElement} */ (part(screen, "ios")).hidden = appleObstacle() !== "ios";
  field.value = await suggestedName();
  screen.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    agree(invitation, screen, field);
  });
  show(screen);
}

/** @param {string} token */
async function open(token) {
  try {
    const invitation = await lookAt(token);
    await (invitation ? showQuestion(invitation) : show(copy("pair-used")));
  } catch (error) {
    const screen = copy("pair-away");
    on(screen, "again", () => open(token));
    show(screen);
  }
}

async function start() {
  const token = takeToken();
  const problem = await obstacle();
  if (problem) return show(copy(`obstacle-${problem}`));
  await startWorker();
  if (token) return open(token);
  show(copy((await devices()).length ? "pair-done" : "pair-empty"));
}

addEventListener("hashchange", start); // a second link opened in this very window
start();
