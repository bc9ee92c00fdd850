// @ts-check
/**
 * The pairing page: which account, a name, one press; then two words that both screens must show.
 *
 * @import { Device } from "./protocol/devices.js"
 * @import { Invitation } from "./protocol/pairing.js"
 */

import { obstacle } from "./obstacles.js";
import { Unreachable } from "./protocol/api.js";
import { thumbprint } from "./protocol/canonical.js";
import { addDevice, devices } from "./protocol/devices.js";
import { lookUp, pair } from "./protocol/pairing.js";
import { wordsOf } from "./protocol/words.js";
import { currentEndpoint, notificationState, turnOn } from "./push/notifications.js";
import { appleObstacle } from "./push/platform.js";
import { startWorker } from "./push/worker.js";
import { cleanName, suggestedName } from "./screens/device_name.js";
import { all, copy, fill, on, part, required, show, words } from "./screens/page.js";

const TOKEN = /^#([A-Za-z0-9_-]{43})$/;

/**
 * The token is a secret: it leaves the address bar, and with it the history and every screenshot,
 * before anything else happens.
 */
function takeToken() {
  const token = TOKEN.exec(location.hash)?.[1];
  if (location.hash) history.replaceState(null, "", location.pathname);
  return token;
}

/** @param {HTMLElement} screen */
async function offerNotifications(screen) {
  const state = await notificationState();
  for (const element of all(screen, "[data-when]")) {
    element.hidden = (element.dataset.when === "off") !== (state === "off");
  }
}

/** @param {Device} device */
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
  part(screen, "wrong")?.toggleAttribute("hidden", name !== "");
  if (!name) return field.focus();
  const button = required(screen, "[data-pair]", HTMLButtonElement);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    // not awaited: some browsers ask the person, who may look at the pairing only
    navigator.storage?.persist?.();
    const device = await pair(invitation, name, await currentEndpoint());
    if (!device) return show(copy("pair-used"));
    await addDevice(device);
    await showPaired(device);
  } catch (error) {
    if (!(error instanceof Unreachable)) return show(copy("obstacle-storage"));
    part(screen, "trouble")?.removeAttribute("hidden");
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/** @param {Invitation} invitation */
async function showQuestion(invitation) {
  const screen = copy("screen-pair");
  const field = required(screen, "[name=device_name]", HTMLInputElement);
  fill(screen, { account: invitation.account, username: invitation.username });
  part(screen, "ios")?.toggleAttribute("hidden", appleObstacle() !== "ios");
  field.value = await suggestedName();
  required(screen, "form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    agree(invitation, screen, field);
  });
  show(screen);
}

/** @param {string} token */
async function open(token) {
  try {
    const invitation = await lookUp(token);
    await (invitation ? showQuestion(invitation) : show(copy("pair-used")));
  } catch {
    const screen = copy("pair-away");
    on(screen, "again", () => open(token));
    show(screen);
  }
}

async function start() {
  const token = takeToken();
  const problem = await obstacle();
  if (problem) return show(copy(`obstacle-${problem}`));
  await startWorker(words("push-"));
  if (token) return open(token);
  show(copy((await devices()).length ? "pair-done" : "pair-empty"));
}

addEventListener("hashchange", start); // a second link opened in this very window
start();
