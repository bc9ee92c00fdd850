// @ts-check
/** Notifications that ask, once their question has ended. Page and service worker use the same code. */

/**
 * Closes those that stand for no open question any more.
 * @param {ServiceWorkerRegistration} registration @param {string[]} open ids of all open questions
 * @param {number} asked ms, when the server was asked for them: what was shown later may be newer than its answer
 */
export async function closeEnded(registration, open, asked) {
  for (const notification of await registration.getNotifications()) {
    const { id, at } = notification.data ?? {};
    if (id && at < asked && !open.includes(id)) notification.close();
  }
}
