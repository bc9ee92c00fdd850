// @ts-check
// A stream of events that each say "look". The wait page hears of it by events of its own: "told"
// and "lost"; it says "over". The browser comes back to a stream that broke off by itself, unless
// the server says 204 or an error.

/** @param {HTMLElement} page */
function stream(page) {
  /** @type {EventSource | undefined} */
  let source;
  /** Whether events arrive: a proxy may let the head of an answer through, and keep the rest. */
  let tells = false;

  const lose = () => {
    if (tells) page.dispatchEvent(new Event("lost"));
    tells = false;
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(page.dataset.events ?? "");
    source.onmessage = () => {
      tells = true;
      page.dispatchEvent(new Event("told"));
    };
    source.onerror = lose;
  };
  const close = () => {
    source?.close();
    source = undefined;
    lose();
  };

  page.addEventListener("over", () => {
    tells = false;
    close();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  // A page with an open stream would not be kept for "back".
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
  open();
}

/** @type {HTMLElement | null} */
const page = document.querySelector("[data-events]");
if (page && "EventSource" in window) stream(page);
