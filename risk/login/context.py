"""PURE: what risk is told of a login, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from risk.geo.places import NOWHERE, Place

BrowserState = Literal["absent", "known", "grace", "invalid", "stolen"]
Level = Literal["low", "medium", "high"]
Decision = Literal["allow", "step_up", "block"]
Required = Literal["none", "weak", "strong"]
Strength = Literal["password", "weak", "strong"]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the known-browser cookie said.

    `selector` names the browser while its cookie is good, else None. `users` are the accounts that
    know it; with state "stolen" those whose trust was just taken away. "grace" is the value before
    the last rotation, no older than 30 s. The other fields are for the next rotation: digests of
    the browser's present value and of the one before, when it was last changed, and what the
    browser said it was then.
    """

    selector: str | None
    users: frozenset[int]
    state: BrowserState
    current: str = ""
    previous: str = ""
    rotated_at: datetime | None = None
    agent: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the cookie is one of ours and in force."""
        return self.state in ("known", "grace")

    @property
    def known_to(self) -> frozenset[int]:
        """The accounts that gave a second factor in this browser before."""
        return self.users if self.is_good else frozenset()

    def knows(self, user_id: int) -> bool:
        """Whether this very account did."""
        return user_id in self.known_to


@dataclass(frozen=True, slots=True)
class LoginContext:
    """One login as it arrived: canonical address, user agent as one clean line, what the cookie
    said, when, through which door, and from where."""

    ip: str | None
    user_agent: str
    browser: Recognition
    at: datetime
    request_id: str
    door: Literal["form", "api"]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason: a machine word, whole points (they add up to the score), a plain English
    sentence, and the numbers in it."""

    name: str
    points: int
    sentence: str
    evidence: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoginWords:
    """What people read of a login: "Firefox 145", "Linux", "Firefox on Linux", "Germany, Deutsche
    Telekom AG" or "", the address or ""."""

    browser: str
    os: str
    label: str
    place: str
    ip: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """How odd a login is (0 to 100, the sum of the findings' points), why, what to do about it, and
    by which model and policy.

    `evidence` and `opinions` are for the ledger (see `LoginLog`).
    """

    score: int
    level: Level
    findings: tuple[Finding, ...]
    decision: Decision
    required: Required
    model: str
    model_version: str
    policy: str
    policy_version: int
    challenge: int
    strict: int
    shown: LoginWords
    evidence: Mapping[str, Any] = field(default_factory=dict)
    opinions: tuple[Mapping[str, Any], ...] = ()
