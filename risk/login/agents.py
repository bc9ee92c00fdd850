"""PURE: what a user agent says of its browser. Nobody has to believe it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ua_parser import parse

NEWEST = 99_999  # no browser counts as far; what a column keeps of a made-up version has an end
LONGEST = 60  # families may quote the header, so a made-up one must not fill a column
_BROWSERS = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "HeadlessChrome": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Opera Mobile": "Opera",
}
_SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}


@dataclass(frozen=True, slots=True)
class Agent:
    """Families as ua-parser names them, "" where the header does not say; `version` dotted, `major`
    0 where there is none."""

    device: str
    system: str
    browser: str
    version: str
    major: int

    @property
    def browser_name(self) -> str:
        """As people call it: "Firefox"."""
        return _BROWSERS.get(self.browser, self.browser)

    @property
    def system_name(self) -> str:
        """As people call it: "macOS"."""
        return _SYSTEMS.get(self.system, self.system)

    @property
    def identity(self) -> str:
        """What stays the same for years while versions come and go. One browser that changes it is
        not the browser it was."""
        return f"{self.browser_name}/{self.system_name}" if self.browser or self.system else ""

    @property
    def spoken(self) -> str:
        """Identity and main version, for the browser to be compared with the next time; "" where
        the header says nothing."""
        return f"{self.identity}|{min(self.major, NEWEST)}" if self.identity else ""

    def follows(self, spoken: str) -> Literal["", "changed", "outdated"]:
        """How this agrees with what the same browser said before: it may become newer, but neither
        older nor another one."""
        identity, _, major = spoken.rpartition("|")
        if not major.isdecimal():  # kept without a version
            identity, major = spoken, "0"
        if identity and identity != self.identity:
            return "changed"
        return "outdated" if self.major < int(major) else ""


# a first look costs about a millisecond; a site sees few different browsers
@lru_cache(maxsize=4096)
def read(user_agent: str) -> Agent:
    """The families in a user agent; all empty for one that says nothing."""
    found = parse(user_agent)
    browser, system, device = found.user_agent, found.os, found.device
    parts = [browser.major, browser.minor, browser.patch, browser.patch_minor] if browser else []
    major = parts[0] if parts and parts[0] and parts[0].isascii() and parts[0].isdigit() else "0"
    return Agent(
        device=device.family[:LONGEST] if device else "",
        system=system.family[:LONGEST] if system else "",
        browser=browser.family[:LONGEST] if browser else "",
        version=".".join(part for part in parts if part)[:LONGEST],
        major=min(int(major[:9]), 2**31 - 1),
    )
