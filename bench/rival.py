"""django-allauth's password → TOTP → in, measured as our own flows are, in an environment made for
it under bench/.cache.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyotp

from bench import server
from bench.cost import Cost, Meter
from bench.flows import token_of
from bench.people import PASSWORD, address
from bench.report import say
from bench.server import ROOT, Server
from bench.web import FORM, Answer, BadAnswer, Browser, Wire, form
from mfaproject.tests.services import free_port

CACHE = ROOT / "bench" / ".cache"
ALLAUTH = "65.21.1"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, AUTHENTICATE = "/accounts/login/", "/accounts/2fa/authenticate/"
PIP_SECONDS = 120


@dataclass
class Visitor:
    """Somebody with an app for codes."""

    name: str
    browser: Browser
    csrf: str = ""

    def get(self, path: str) -> None:
        self.csrf = token_of(_expect(self.browser.send("GET", path), ""))

    def post(self, path: str, expected: str, **fields: str) -> None:
        _expect(
            self.browser.send(
                "POST", path, form(csrfmiddlewaretoken=self.csrf, **fields), {"Content-Type": FORM}
            ),
            expected,
        )


def _expect(answer: Answer, location: str) -> Answer:
    if answer.status != (302 if location else 200) or not answer.location.startswith(location):
        raise BadAnswer(
            f"allauth answered {answer.status} {answer.location}:"
            f" {answer.body[:300].decode(errors='replace')}"
        )
    return answer


FLOW = (
    ("login page", lambda visitor: visitor.get(LOGIN)),
    (
        "password",
        lambda visitor: visitor.post(LOGIN, AUTHENTICATE, login=visitor.name, password=PASSWORD),
    ),
    ("code page", lambda visitor: visitor.get(AUTHENTICATE)),
    ("code", lambda visitor: visitor.post(AUTHENTICATE, "/", code=pyotp.TOTP(SECRET).now())),
)


def _environment() -> Path | None:
    """Its Python; None where it cannot be installed."""
    same = [f"{name}=={version(name)}" for name in ("bcrypt", "django", "granian")]
    wanted = " ".join([f"django-allauth[mfa]=={ALLAUTH}", *same])
    folder, python = CACHE / "allauth", CACHE / "allauth" / "bin" / "python"
    mark = folder / "installed.txt"
    if mark.is_file() and mark.read_text() == wanted:
        return python
    say("installing django-allauth into bench/.cache (once)")
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    pip = [
        str(python),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        *wanted.split(),
    ]
    try:
        for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], pip):
            subprocess.run(command, check=True, capture_output=True, timeout=PIP_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    mark.write_text(wanted)
    return python


def _site(python: Path, folder: Path, rounds: int) -> Server:
    folder.mkdir()
    port = free_port()
    facts = {
        "DATA_DIR": str(folder),
        "BCRYPT_ROUNDS": str(rounds),
        "DJANGO_SETTINGS_MODULE": "bench.allauth_site.settings",
    }
    command = [
        str(python),
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--blocking-threads",
        "8",
        "--port",
        str(port),
        "--no-log",
    ]
    return Server(
        [*command, "bench.allauth_site.wsgi:application"], port, folder, dict(os.environ) | facts
    )


def measure(
    folder: Path, *, rounds: int, hash_cpu: float, people: int, warm_up: int
) -> list[Cost] | None:
    """CPU of each request; None where allauth could not be installed."""
    python = _environment()
    if python is None:
        return None
    site = _site(python, folder, rounds)
    seed = [
        str(python),
        "-m",
        "bench.inside",
        "bench.allauth_site.seed",
        str(people + warm_up),
        PASSWORD,
        SECRET,
    ]
    subprocess.run(seed, cwd=ROOT, env=site.variables, check=True)
    with server.running(site, LOGIN):
        wire, meter = Wire(site.port), Meter[Visitor](site, hash_cpu)
        visitors = [
            Visitor(f"alice{number}", Browser(wire, address(number)))
            for number in range(people + warm_up)
        ]
        meter.steps(visitors[:warm_up], FLOW)
        return meter.steps(visitors[warm_up:], FLOW)
