"""The authenticator's endpoints, scripted: they check every signature by our own rules, and are as
unreliable as a test wants them to be.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from authenticator import signing
from authenticator.canonical import Rejected, digest, parse
from authenticator.signing import PublicKey
from mfaproject.lib import clock, tokens

CONTEXT = {
    "account": "alice",
    "app": "Nod",
    "at": 0,
    "browser": "Firefox",
    "ip": "192.0.2.44",
    "os": "Linux",
    "place": "Lyon, France",
}
REFUSALS = {"expired": (410, {"code": "expired"}), "clock_skew": (401, {"code": "clock_skew"})}
ENDS = {"approve": "approved", "not_me": "not_me", "cancelled": "denied"}


@dataclass
class Question:
    """One challenge; `state` moves as the phone answers. `lingers`: no inbox
    has told yet that it has ended."""

    challenge_id: str
    nonce: str
    exp: int
    context: dict[str, Any]
    number: str
    state: str = "pending"
    decided_by: str | None = None
    asked: "Paired | None" = None
    lingers: bool = False

    def item(self) -> dict[str, Any]:
        return {
            "challenge_id": self.challenge_id,
            "nonce": self.nonce,
            "exp": self.exp,
            "context": self.context,
        }


@dataclass
class Paired:
    """A browser that paired."""

    device_id: str
    key: PublicKey
    name: str
    listening: bool = True
    subscription: str | None = None
    proven_at: int | None = None
    echo: str = ""
    health: dict[str, Any] = field(default_factory=dict)

    def push(self, now: int) -> dict[str, Any] | None:
        """What the server says of its way to this device; `health` changes members of it."""
        if self.subscription is None:
            return None
        facts = {
            "kind": json.loads(self.subscription)["kind"],
            "created_at": now - 5,
            "proven_at": self.proven_at,
        }
        return (
            facts
            | {"last_success": None, "last_failure": None, "reason": "", "undeliverable": False}
            | self.health
        )


@dataclass
class Scripted:
    """What the phone talks to. `ahead`: seconds by which this clock is ahead of the phone's;
    `extra`: more members for each item of the inbox; `fault`: "", "down" (nothing arrives),
    "silent" (nothing is answered; `held` is what was asked), "lost" (it acts once, but its answer
    never arrives), "lost answer" (so with the next decision), "unsure" (it acts on the next
    decision, and cannot say so: 503), "busy" (503 once, and nothing is done) or "clock" (it never
    likes the time); `patience`: seconds that a 503 asks for; `services` and `limited` are for
    notifications; `echoes`: what test pushes were to carry; `calls`: what was asked for, the last
    part of its path; `moment`: where time stands, if it does."""

    origin: str
    user: str = field(default_factory=tokens.new_id)
    token: str = field(default_factory=tokens.new_token)
    devices: list[Paired] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=lambda: {"webpush": "ok"})
    echoes: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    moment: int | None = None
    limited: bool = False
    ahead: int = 0
    fault: str = ""
    patience: int = 2
    held: list[Route] = field(default_factory=list)
    _before: int | None = None
    _arrived: int | None = None

    def install(self, context: BrowserContext) -> None:
        """From now on this browser's calls come here."""
        context.route("**/v1/authenticator/**", self.answer)

    def stop_time(self, context: BrowserContext) -> None:
        """In every page of this browser, and here."""
        self.moment = clock.timestamp()
        context.clock.install(time=self.moment - 1)
        context.clock.pause_at(self.moment)

    def pass_time(self, page: Page, seconds: int) -> None:
        """Where it stands, here and in the pages. What they have signed before arrives before."""
        assert self.moment is not None, "time goes on by itself"
        self._before, self.moment = self.moment, self.moment + seconds
        page.clock.fast_forward(seconds * 1000)

    def ask(
        self, *, number: str = "482", life: int = 600, asked: Paired | None = None, **context: Any
    ) -> Question:
        """Opens a question for every device, or for one; keywords change or add
        fields of its context."""
        facts = CONTEXT | {"at": self.now() - 3} | context
        self.questions.append(
            Question(
                tokens.new_id(), tokens.new_token(), self.now() + life, facts, number, asked=asked
            )
        )
        return self.questions[-1]

    def now(self) -> int:
        moment = self._arrived or self.moment
        return (clock.timestamp() if moment is None else moment) + self.ahead

    def _moment_of(self, route: Route) -> int | None:
        """When this call arrived, where that was before time passed."""
        header, before = route.request.headers.get("authorization"), self._before
        if header is None or before is None:
            return None
        return before if abs(signing.read_header(header).iat - self.ahead - before) <= 1 else None

    def pair(self, page: Page, name: str = "Pixel 8") -> Page:
        """Walks through the pairing page and ends on the home page."""
        page.goto(f"{self.origin}/authenticator/pair/#{self.token}")
        page.fill("[name=device_name]", name)
        page.click("[data-pair]")
        page.locator(".two-words").wait_for()
        page.goto(f"{self.origin}/authenticator/")
        page.get_by_role("heading", name="Nothing to approve").wait_for()
        return page

    def answer(self, route: Route) -> None:
        """One call."""
        assert "cookie" not in route.request.all_headers(), "nothing here may carry a cookie"
        path = route.request.url.removeprefix(self.origin)
        self.calls.append(path.rpartition("/")[2])
        if self.fault == "silent":
            self.held.append(route)
            return
        if self.fault == "down":
            route.abort("internetdisconnected")
            return
        if self.fault == "busy":
            self.fault = ""
            self._later(route, "unavailable")
            return
        if path.endswith("/inbox/events"):  # nobody tells here: the page asks
            route.fulfill(status=204)
            return
        status, answer = self._answered(route, path)
        if self.fault == "unsure" and path.endswith("/answer"):
            self.fault = ""
            self._later(route, "outcome_unknown")
            return
        if self.fault == "lost" or (self.fault == "lost answer" and path.endswith("/answer")):
            self.fault = ""
            route.abort("connectionreset")
            return
        route.fulfill(status=status, json=answer)

    def _later(self, route: Route, code: str) -> None:
        route.fulfill(status=503, json={"code": code}, headers={"Retry-After": str(self.patience)})

    def _answered(self, route: Route, path: str) -> tuple[int, dict[str, Any]]:
        self._arrived = self._moment_of(route)
        try:
            status, answer = self._answer(route, path, (route.request.post_data or "").encode())
            return status, answer | {"now": self.now()}
        finally:
            self._arrived = None

    def _answer(self, route: Route, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.fault == "clock":
            return REFUSALS["clock_skew"]
        try:
            return self._dispatch(route, path, body)
        except Rejected as refusal:
            return REFUSALS.get(refusal.reason, (401, {"code": "unauthorized"}))

    def _dispatch(self, route: Route, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        match path.removeprefix("/v1/authenticator/").split("/"):
            case ["pair", "look"]:
                return self._look(body)
            case ["pair"]:
                return self._pair(body)
            case ["challenges", challenge_id, "answer"]:
                return self._decide(self._signed(route, path, body), challenge_id, body)
            case [*names]:
                acts = {
                    "inbox": self._inbox,
                    "device": self._change,
                    "health": self._health,
                    "test": self._test,
                    "echo": self._echo,
                }
                return acts[names[-1]](self._signed(route, path, body), body)

    def _inbox(self, device: Paired, _body: bytes) -> tuple[int, dict[str, Any]]:
        waiting = [
            one
            for one in self.questions
            if (one.state == "pending" or one.lingers)
            and one.exp > self.now()
            and one.asked in (None, device)
        ]
        return 200, {"challenges": [one.item() | self.extra for one in waiting]}

    def _look(self, body: bytes) -> tuple[int, dict[str, Any]]:
        if signing.read_token(body) != self.token:
            return 410, {"code": "expired"}
        return 200, {"account": "Alice Martin", "username": "alice"}

    def _pair(self, body: bytes) -> tuple[int, dict[str, Any]]:
        asked = signing.verify_pair(body, aud=self.origin, refused_keys=(), now=self.now())
        if asked.token != self.token:
            return 410, {"code": "expired"}
        self.token = tokens.new_token()
        self.devices.append(
            Paired(tokens.new_id(), asked.key, asked.name, subscription=asked.subscription)
        )
        return 201, {"device_id": self.devices[-1].device_id, "user": self.user}

    def _signed(self, route: Route, path: str, body: bytes) -> Paired:
        header = signing.read_header(route.request.headers.get("authorization", ""))
        device = next(
            (one for one in self.devices if one.device_id == header.device_id and one.listening),
            None,
        )
        if device is None:
            raise Rejected("unknown_device")
        signing.verify_request(
            header,
            device_id=device.device_id,
            key=device.key,
            htm=route.request.method,
            htu=self.origin + path,
            body=body,
            now=self.now(),
            remember=self._first_use,
        )
        return device

    def _first_use(self, jti: str) -> bool:
        self.seen.append(jti)
        return self.seen.count(jti) == 1

    def _change(self, device: Paired, body: bytes) -> tuple[int, dict[str, Any]]:
        after = signing.verify_rotate(
            body, aud=self.origin, device_id=device.device_id, key=device.key, now=self.now()
        )
        if device.subscription != after.subscription:
            device.proven_at, device.health = None, {}
        device.subscription = after.subscription
        return 200, {}

    def _health(self, device: Paired, _body: bytes) -> tuple[int, dict[str, Any]]:
        return 200, {"push": device.push(self.now()), "services": self.services}

    def _test(self, device: Paired, _body: bytes) -> tuple[int, dict[str, Any]]:
        if self.limited:
            return 429, {"code": "rate_limited"}
        if device.subscription is None:
            return 409, {"code": "method_unavailable"}
        device.echo = tokens.new_id()
        self.echoes.append(device.echo)
        return 202, {}

    def _echo(self, device: Paired, body: bytes) -> tuple[int, dict[str, Any]]:
        if parse(body) != {"echo": device.echo}:
            return 404, {"code": "not_found"}
        device.echo, device.proven_at = "", self.now()
        return 200, {}

    def _decide(self, device: Paired, challenge_id: str, body: bytes) -> tuple[int, dict[str, Any]]:
        self.bodies.append(body.decode())
        question = next(one for one in self.questions if one.challenge_id == challenge_id)
        decision = signing.verify_decide(
            body,
            aud=self.origin,
            challenge_id=challenge_id,
            nonce=question.nonce,
            device_id=device.device_id,
            user=self.user,
            context=question.context,
            exp=question.exp,
            key=device.key,
            now=self.now(),
            decided_by=question.decided_by,
            number_matches=lambda typed: typed == question.number,
        )
        if not decision.repeated:
            if question.state != "pending" and (question.state, decision.decision) != (
                "approved",
                "deny",
            ):
                return 409, {"code": "already_decided"}
            question.state = (
                ENDS[decision.reason or decision.decision]
                if decision.number_right
                else "wrong_number"
            )
            question.decided_by = digest(body)
        return (
            (403, {"code": "wrong_number"})
            if question.state == "wrong_number"
            else (200, {"state": question.state})
        )
