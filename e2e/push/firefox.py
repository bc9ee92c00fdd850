"""A real Firefox without a window, driven by WebDriver BiDi, that knows no push service but the one
on this machine.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from e2e.crashes import Crashed
from e2e.push.autopush import Autopush
from e2e.push.background import Background
from e2e.push.bidi import Bidi, Failed
from mfaproject.lib.patience import until
from mfaproject.tests.services import leash

NOWHERE = "127.0.0.1"
NOWHERE_PORT = 9  # discard: nobody answers there
GONE = ("not displayed", "stale element", "no such node")
READY = "WebDriverBiDiServer.json"
SYSTEM = {"moz:scope": "chrome"}
QUIET = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "browser.topsites.contile.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "geo.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": f"http://{NOWHERE}:{NOWHERE_PORT}/",
    "toolkit.telemetry.enabled": False,
}
STAYS_HERE = {
    "network.dns.disablePrefetch": True,
    "network.trr.mode": 5,  # no names over https either
    "network.proxy.type": 1,
    "network.proxy.http": NOWHERE,
    "network.proxy.http_port": NOWHERE_PORT,
    "network.proxy.ssl": NOWHERE,
    "network.proxy.ssl_port": NOWHERE_PORT,
    "network.proxy.no_proxies_on": "localhost, 127.0.0.1",
}
NOTIFIES = {
    # windows of Firefox's own, which can be pressed without a desktop
    "alerts.useSystemBackend": False,
    "dom.push.enabled": True,  # being driven from outside may have turned both off
    "dom.push.connection.enabled": True,
    "dom.push.retryBaseInterval": 100,  # ms until it connects again; usually five seconds
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.webnotifications.actions.enabled": True,
    # usually three; the next one waits, and showNotification() with it
    "dom.webnotifications.requireinteraction.count": 1000,
    "permissions.default.desktop-notification": 1,  # granted
}
LOOKS = {"intl.accept_languages": "en-GB, en", "ui.prefersReducedMotion": 1}

SHOWN = (
    "(title) => [...Services.wm.getEnumerator('alert:alert')].some((one) => one.arguments[1] ==="
    " title)"
)
PRESS = """(title, action) => {
  const shown = [...Services.wm.getEnumerator("alert:alert")].find((one) =>
    one.arguments[1] === title);
  if (!shown) return false;
  const pressed = action && { QueryInterface: ChromeUtils.generateQI(["nsIAlertAction"]), action,
    title: action };
  shown.arguments[10].observe(pressed, "alertclickcallback", shown.arguments[4]);
  shown.close();
  return true;
}"""
"""What a desktop's notification daemon tells Firefox after a press, which makes it a trusted one.
(`nsINotificationHandler` takes https only.)"""


def profile(folder: Path, push_service: str) -> Path:
    """A new profile's preferences."""
    shutil.rmtree(folder, ignore_errors=True)  # of a Firefox that did not start
    folder.mkdir()
    preferences = QUIET | STAYS_HERE | NOTIFIES | LOOKS | {"dom.push.serverURL": push_service}
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in preferences.items()
    ]
    (folder / "user.js").write_text("\n".join(lines))
    return folder


class Firefox:
    """`tab` is the one that things are done in."""

    def __init__(self, path: str, folder: Path, background: Background, autopush: Autopush) -> None:
        self.folder = profile(folder, autopush.address)
        self.log = folder / "firefox.log"
        self._process = self._launch(path)
        self.bidi = Bidi(background, f"ws://127.0.0.1:{self._port()}/session")
        self.version = self.bidi.command("session.new", capabilities={})["capabilities"][
            "browserVersion"
        ]
        self.tab = self.tabs()[0]["context"]

    def tabs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.bidi.command("browsingContext.getTree")["contexts"]
        return found

    @contextlib.contextmanager
    def second_tab(self) -> Iterator[None]:
        """The one that has opened, or is about to: things are done in it, until
        it is closed at the end."""
        first = self.tab
        self.tab = self._tab_beside(first)
        yield
        self.bidi.command("browsingContext.close", context=self.tab)
        self.tab = first

    def _tab_beside(self, first: str) -> str:
        def others() -> list[str]:
            return [tab["context"] for tab in self.tabs() if tab["context"] != first]

        return until(others, lambda: "no second tab has opened")[0]

    def goto(self, url: str) -> None:
        self.bidi.command("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def call(self, function: str, *given: object) -> Any:
        return self.bidi.call(self.tab, function, *given)

    def until(self, function: str, *given: object) -> Any:
        return self.bidi.until(self.tab, function, *given)

    def click(self, function: str, *given: object) -> None:
        """The element that a function finds, as soon as it does, with a mouse. One that the page
        draws anew meanwhile is looked for again."""
        until(
            lambda: self._press(function, *given),
            lambda: f"it never stood still: {function} of {given}",
        )

    def _press(self, function: str, *given: object) -> bool:
        self.until(function, *given)
        try:
            self._click(self.bidi.element(self.tab, function, *given))
        except Failed as failed:
            if any(each in str(failed) for each in GONE):
                return False
            raise
        return True

    def _click(self, found: str) -> None:
        here = {"type": "element", "element": {"sharedId": found}}
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": here},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": moves})

    def type(self, text: str) -> None:
        """By keys, wherever the cursor is."""
        strokes = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": strokes})

    def _act(self, *sources: object) -> None:
        self.bidi.command("input.performActions", context=self.tab, actions=sources)

    def system(self, function: str, *given: object) -> Any:
        """Runs a function inside the browser itself."""
        return self.bidi.call(self._inside(), function, *given)

    def system_until(self, function: str, *given: object) -> Any:
        return self.bidi.until(self._inside(), function, *given)

    def has_notification(self, title: str) -> None:
        """Waits until it is on the screen."""
        self.system_until(SHOWN, title)

    def press_notification(self, title: str, action: str = "") -> None:
        """A button of a notification, or the notification itself; waits for it."""
        self.system_until(PRESS, title, action)

    def close(self) -> None:
        """No questions at the end, as when a phone is switched off; the profile is thrown away."""
        self.bidi.background.run(self.bidi.close())
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _inside(self) -> str:
        context: str = self.bidi.command("browsingContext.getTree", **SYSTEM)["contexts"][0][
            "context"
        ]
        return context

    def _launch(self, path: str) -> subprocess.Popen[bytes]:
        command = [*leash("KILL"), path, "--headless", "--no-remote", "--profile", str(self.folder)]
        command += ["--remote-debugging-port", "0", "--remote-allow-system-access", "about:blank"]
        own = {"HOME": str(self.folder), "MOZ_CRASHREPORTER_DISABLE": "1"}
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command,
                env=os.environ | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _port(self) -> int:
        """Where it can be driven: it leaves a note in its profile."""
        return until(
            self._noted, lambda: f"Firefox did not come up:\n{self.log.read_text(errors='replace')}"
        )

    def _noted(self) -> int:
        if self._process.poll() is not None:
            raise Crashed(f"Firefox has ended:\n{self.log.read_text(errors='replace')}")
        with contextlib.suppress(OSError, ValueError, KeyError):
            return int(json.loads((self.folder / READY).read_text())["ws_port"])
        return 0
