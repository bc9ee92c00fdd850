"""What people and their phones do, request by request. A flow is a table of named steps, so that
each can be measured by itself.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from authenticator.tests.signer import Phone
from bench.people import PASSWORD, Person
from bench.web import FORM, JSON, Answer, BadAnswer, Browser, TurnedAway, Wire, form

_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_NUMBER = re.compile(rb"data-number[^>]*>(.*?)</strong>", re.DOTALL)
_TAG = re.compile(rb"<[^>]+>")


@dataclass
class Journey:
    """One person on her way in. `code` is what the mail said, put here by whoever reads the outbox;
    `statements` what the last request cost."""

    person: Person
    browser: Browser
    telephone: Browser
    origin: str
    known: bool = False
    csrf: str = ""
    number: str = ""
    code: str = ""
    statements: int = 0
    challenge: dict[str, object] = field(default_factory=dict)
    # what the API gave: a reference, later a private key
    told: dict[str, str] = field(default_factory=dict)

    @cached_property
    def phone(self) -> Phone:
        """Made once: its key is."""
        return self.person.phone(self.origin)

    def begin(self) -> None:
        """A browser as it was before: signed out; an unknown one has no cookie at all."""
        kept = (
            {"nod_kb": self.browser.cookies.get("nod_kb", self.person.cookie)} if self.known else {}
        )
        self.browser.cookies.clear()
        self.browser.cookies.update(kept)

    def use(self, wire: Wire) -> None:
        """From now on over this connection."""
        self.browser.wire = self.telephone.wire = wire

    def get(self, path: str, expected: str = "") -> Answer:
        return self._expect(self.browser.send("GET", path), expected, path)

    def post(self, path: str, expected: str, **fields: str) -> Answer:
        """Posts a form of the page that was read last."""
        body = form(csrfmiddlewaretoken=self.csrf, **fields)
        return self._expect(
            self.browser.send("POST", path, body, {"Content-Type": FORM}), expected, path
        )

    def signed(self, path: str, body: bytes) -> dict[str, object]:
        """One signed request of her phone."""
        headers = {"Content-Type": JSON, "Authorization": self.phone.header("POST", path, body)}
        answer = self._expect(self.telephone.send("POST", path, body, headers), "", path)
        found: dict[str, object] = json.loads(answer.body)
        return found

    def _expect(self, answer: Answer, location: str, path: str) -> Answer:
        """A page, or a redirection to `location` where one is meant to come."""
        self.statements = answer.statements
        if answer.status == 503:
            raise TurnedAway(f"{path} answered 503")
        if answer.status != (302 if location else 200) or not answer.location.startswith(location):
            text = re.sub(r"\s+", " ", _TAG.sub(b" ", answer.body).decode(errors="replace"))[:400]
            raise BadAnswer(
                f"{path} answered {answer.status} {answer.location} instead of"
                f" {location or 'a page'}: {text}"
            )
        return answer


def token_of(page: Answer) -> str:
    """The CSRF token of the page's form."""
    found = _CSRF.search(page.body)
    if found is None:
        raise BadAnswer("a page without a form")
    return found[1].decode()


def open_login(journey: Journey) -> None:
    journey.begin()
    journey.csrf = token_of(journey.get("/login/"))


def _password(next_page: str) -> Callable[[Journey], None]:
    def send(journey: Journey) -> None:
        journey.post("/login/", next_page, username=journey.person.username, password=PASSWORD)

    return send


def read_wait_page(journey: Journey) -> None:
    page = journey.get("/login/wait/")
    found = _NUMBER.search(page.body)
    if found is None:
        raise BadAnswer("a wait page without a number")
    journey.csrf, journey.number = token_of(page), _TAG.sub(b"", found[1]).decode().strip()


def _poll(expected: str) -> Callable[[Journey], None]:
    def ask(journey: Journey) -> None:
        state = json.loads(journey.get("/login/state/").body)["state"]
        if state != expected:
            raise BadAnswer(f"the poll said {state} instead of {expected}")

    return ask


def fetch_inbox(journey: Journey) -> None:
    found = journey.signed("/v1/authenticator/inbox", b"{}")["challenges"]
    if not isinstance(found, list) or len(found) != 1:
        raise BadAnswer(f"one question was expected in the inbox: {found}")
    journey.challenge = found[0]


def approve(journey: Journey) -> None:
    body = journey.phone.approve(journey.challenge, journey.number)
    journey.signed(f"/v1/authenticator/challenges/{journey.challenge['challenge_id']}/answer", body)


def finish(journey: Journey) -> None:
    journey.post("/login/finish/", "/")


def open_code_page(journey: Journey) -> None:
    journey.csrf = token_of(journey.get("/login/code/"))


def send_code(journey: Journey) -> None:
    journey.post("/login/code/", "/", code=journey.code)


Step = tuple[str, Callable[[Journey], None]]
SIGN_IN: tuple[Step, ...] = (
    ("login page", open_login),
    ("password, known browser", _password("/")),
)
ASKED: tuple[Step, ...] = (
    ("login page", open_login),
    ("password, step-up begins", _password("/login/wait/")),
    ("wait page", read_wait_page),
    ("poll, from the database", _poll("pending")),
    ("poll, from the cache", _poll("pending")),
)
APPROVED: tuple[Step, ...] = (
    ("phone: inbox", fetch_inbox),
    ("phone: approve", approve),
    ("poll, approved", _poll("approved")),
    ("finish", finish),
)
STEP_UP = ASKED + APPROVED
MAILED: tuple[Step, ...] = (
    ("login page", open_login),
    ("password, code is mailed", _password("/login/code/")),
    ("code page", open_code_page),
)
CODE: tuple[Step, ...] = (("code", send_code),)
