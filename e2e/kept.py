"""A browser that several tests use, one after the other: each finds it as it was
when it was kept.
"""

from playwright.sync_api import Page

QUIET = "/authenticator/offline/"
"""A page of the authenticator without a script of its own."""
_COPY = """
  const opened = (name, upgrade) => new Promise((found, failed) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => found(request.result);
    request.onerror = () => failed(request.error);
  });
  const given = (request) => new Promise((found) => {
    request.onsuccess = () => found(request.result);
  });
  const made = (database, { name, keyPath }) => database.createObjectStore(name, { keyPath });
  const stores = (database, mode) => {
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names, mode);
    return names.map((name) => transaction.objectStore(name));
  };
  const rows = async (store) => {
    const [keys, values] = await Promise.all([given(store.getAllKeys()), given(store.getAll())]);
    return values.map((value, at) => (store.keyPath ? [value] : [value, keys[at]]));
  };
  const copied = async (from, to) => {
    const all = await Promise.all(stores(from, "readonly").map(rows));
    const targets = stores(to, "readwrite");
    targets.forEach((store) => store.clear());
    targets.forEach((store, at) => all[at].forEach((row) => store.put(...row)));
    await new Promise((done) => { targets[0].transaction.oncomplete = done; });
  };
  const ours = await opened("nod-authenticator");
  const aside = await opened(`kept: ${name}`, (database) => {
    stores(ours, "readonly").forEach((store) => made(database, store));
  });
"""
KEEP = f"""async (name) => {{ {_COPY}
  await copied(ours, aside);
  return {{ ...localStorage }};
}}"""
RESTORE = f"""async ([name, stored]) => {{ {_COPY}
  await copied(aside, ours);
  localStorage.clear();
  Object.assign(localStorage, stored);
  const worker = await navigator.serviceWorker?.getRegistration();
  for (const notification of await worker?.getNotifications() ?? []) notification.close();
}}"""


class Kept:
    """`page` is the one that stays."""

    def __init__(self, origin: str, page: Page) -> None:
        self.origin, self.page, self.context = origin, page, page.context
        self._storage: dict[str, dict[str, str]] = {}
        self._size = page.viewport_size

    def keep(self, name: str) -> None:
        """As it is now."""
        self.page.goto(self.origin + QUIET)
        self._storage[name] = self.page.evaluate(KEEP, name)

    def open(self, name: str) -> Page:
        """The home page, in a browser as it was."""
        self.leave()
        return self.restore(name)

    def leave(self) -> None:
        """From here on no page of ours does anything."""
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        self.context.clear_cookies()
        self.page.goto(self.origin + QUIET)

    def restore(self, name: str) -> Page:
        """After `leave`."""
        self.page.evaluate(RESTORE, [name, self._storage[name]])
        if self._size:
            self.page.set_viewport_size(self._size)
        self.page.goto(f"{self.origin}/authenticator/")
        return self.page
