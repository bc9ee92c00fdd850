// @ts-check
/// <reference lib="webworker" />
/** Pushes and notifications. A push says only that there is something to look at; the words were left here by the page. */

const CHALLENGE_ID = /^[A-Za-z0-9_-]{22}$/;

/** @param {PushMessageData | null} data @returns {string} the request's id, empty when the push carries none */
function challengeId(data) {
  try {
    const { id } = data?.json() ?? {};
    return CHALLENGE_ID.test(id) ? id : "";
  } catch {
    return "";
  }
}

const ownWindows = async () => {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter(({ url }) => new URL(url).pathname === HOME);
};

async function tellWindows() {
  for (const client of await ownWindows()) client.postMessage({ type: "inbox" });
}

/** Always shown, even beside an open window: browsers end the subscription of a worker that takes pushes in silence. @param {string} id */
async function announce(id) {
  const { title, body } = (await read("facts", "words").catch(() => null)) ?? nod.words;
  const shown = worker.registration.showNotification(title, { body, tag: `nod-${id}`, icon: nod.icon, badge: nod.badge });
  await Promise.allSettled([shown, tellWindows()]);
}

/** An open window, else the one fixed path: no address is ever taken from a notification. */
async function openAuthenticator() {
  const [open] = await ownWindows();
  if (!open) return worker.clients.openWindow(HOME);
  open.postMessage({ type: "inbox" });
  return open.focus();
}

/** The browser took the push address away: a new one, signed with each account's key. @param {any} event */
async function renew({ oldSubscription, newSubscription }) {
  const options = oldSubscription?.options ?? { userVisibleOnly: true, applicationServerKey: nod.pushKey };
  const subscription = newSubscription ?? (await worker.registration.pushManager.subscribe(options).catch(() => null));
  const told = (await devices()).map((device) => tellServer(device, subscriptionText(subscription)));
  await Promise.allSettled(told);
}

worker.addEventListener("push", (event) => event.waitUntil(announce(challengeId(event.data))));
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openAuthenticator());
});
worker.addEventListener("pushsubscriptionchange", (/** @type {any} */ event) => event.waitUntil(renew(event)));
