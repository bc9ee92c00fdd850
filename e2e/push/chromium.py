"""A Chromium with a profile on disk and a push service on this machine: the only kind in which
`subscribe()` works here.
"""

from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from e2e import browser
from e2e.push.certificate import Certificate
from e2e.push.gcm import Gcm
from e2e.push.google import Google

PRESS = """async ({ tag, action }) => {
  const shown = await registration.getNotifications();
  const notification = shown.find((one) => one.tag === tag);
  if (!notification) return false;
  dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
  return true;
}"""
"""Scripts may do so in Chromium. The press is not a trusted one there: windows are neither opened
nor brought to the front by it."""
AT_HOME = """(origin) => {
  const really = PushSubscription.prototype.toJSON;
  PushSubscription.prototype.toJSON = function () {
    const written = really.call(this);
    return { ...written, endpoint: written.endpoint.replace(/^https:..[^/]+/, origin) };
  };
}"""
"""The host of an endpoint is built into Chromium, so the page is told the one that is meant."""


def launch(
    playwright: Playwright,
    path: str,
    folder: Path,
    certificate: Certificate,
    gcm: Gcm,
    google: Google | None = None,
) -> BrowserContext:
    """One that may notify. With `google`, the page's kit finds Google here."""
    flags = [
        *browser.flags(*(google.hosts() if google else [])),
        *gcm.flags(),
        f"--ignore-certificate-errors-spki-list={certificate.pin}",
    ]
    context = browser.launch_with_profile(
        playwright, path, folder, args=flags, locale="en-GB", reduced_motion="reduce"
    )
    context.grant_permissions(["notifications"])
    context.add_init_script(f"({AT_HOME})({gcm.origin!r})")
    return context
