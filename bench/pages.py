"""What a browser has to fetch for a page: the document, its style sheets, its scripts and what
these import.
"""

import gzip
import posixpath
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from bench import server
from bench.flows import ASKED, open_login
from bench.people import Person
from bench.report import Report, Row
from bench.server import Server
from bench.web import Browser, Wire

HEADING = "Bytes of a page with its CSS and JS, as transferred (bodies; as a browser asks for them)"
LIMIT = 60.0  # kB, 1 kB = 1000 bytes
WORKER = "/authenticator/sw.js"

_LINKS = re.compile(
    r'<link rel="(?:stylesheet|modulepreload)"[^>]*href="([^"]+)"|<script[^>]*src="([^"]+)"'
)
_IMPORTS = re.compile(
    r'(?:^|\n)\s*(?:import|export)\b[^"\'\n]*["\'](\.{1,2}/[^"\']+|/[^"\']+)["\']'
)


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes, as sent and unpacked, and how many requests."""

    sent: int = 0
    raw: int = 0
    requests: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.sent + other.sent, self.raw + other.raw, self.requests + other.requests)


def _fetch(browser: Browser, path: str) -> tuple[Weight, str]:
    answer = browser.send("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
    if answer.status != 200:
        raise LookupError(f"{path} answered {answer.status}")
    if answer.encoding not in ("", "gzip"):
        raise LookupError(f"{path} came as {answer.encoding}, which this bench does not unpack")
    raw = gzip.decompress(answer.body) if answer.encoding else answer.body
    return Weight(len(answer.body), len(raw), 1), raw.decode()


def weigh(browser: Browser, page: str) -> Weight:
    """The document and everything it needs, each once."""
    whole, document = _fetch(browser, page)
    waiting = [urljoin(page, link or script) for link, script in _LINKS.findall(document)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        weight, text = _fetch(browser, path)
        whole += weight
        if path.endswith(".js"):
            waiting += [
                posixpath.normpath(urljoin(path, found)) for found in _IMPORTS.findall(text)
            ]
    return whole


def measure(report: Report, site: Server, person: Person) -> None:
    """`person` has a phone: her journey leads to the wait page."""
    journey = server.journeys(site, [person], Wire(site.port))[0]
    open_login(journey)
    login = weigh(journey.browser, "/login/")
    for _name, step in ASKED[:2]:
        step(journey)
    pages = {
        "login page": login,
        "wait page": weigh(journey.browser, "/login/wait/"),
        "authenticator": weigh(journey.browser, "/authenticator/"),
    }
    for name, weight in pages.items():
        note = f"{weight.raw / 1000:.1f} kB unpacked, {weight.requests} requests"
        report.add(HEADING, Row(name, weight.sent / 1000, "kB", "at most", LIMIT, note))
    worker, _script = _fetch(journey.browser, WORKER)
    report.add(
        HEADING,
        Row(
            "authenticator's service worker, afterwards",
            worker.sent / 1000,
            "kB",
            note=f"{worker.raw / 1000:.1f} kB unpacked",
        ),
    )
