"""Makers for the tests of risk: a login of alice's, a history, a walk through a whole login."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from mfaproject.lib import clock, tokens
from risk.login import agents, chains
from risk.login.attempt import Attempt
from risk.login.chains import Chain, Node
from risk.login.context import LoginContext, Recognition, Strength
from risk.login.history import Count, History, Step
from risk.services import admit, arrived, assess, recognise, record_login, record_outcome

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
FIREFOX_146 = FIREFOX.replace("145", "146")
FIREFOX_144 = FIREFOX.replace("145", "144")
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/145.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/145.0.0.0 Mobile Safari/537.36"
)
HOME, HOME_TOO, FAR, FARTHER = "81.2.69.142", "81.2.70.9", "203.119.40.7", "2a02:c7f:1234:5600::1"
LOOPBACK = "127.0.0.1"

ABSENT = Recognition(None, frozenset(), "absent")
INVALID = Recognition(None, frozenset(), "invalid")
STOLEN = Recognition(None, frozenset({1}), "stolen")


def known_to(*users: int, agent: str = "") -> Recognition:
    """A good cookie of a browser that these know."""
    return Recognition("s" * 22, frozenset(users), "known", "c", "p", None, agent)


def login(
    ip: str | None = HOME, user_agent: str = FIREFOX, browser: Recognition = ABSENT, **facts: Any
) -> LoginContext:
    """A login that arrives now."""
    context = arrived(
        ip, user_agent, browser, at=clock.now(), request_id=tokens.new_id(), door="form"
    )
    return replace(context, **facts)


def attempt(**facts: Any) -> Attempt:
    """As the signals see it: an unknown browser with a public address, unless told otherwise."""
    agent = agents.read(facts.pop("user_agent", FIREFOX))
    placed = facts.get("placed", True)
    found = (
        chains.cookie(facts.get("knows", False)),
        chains.address(HOME if placed else None),
        chains.agent(agent),
    )
    usual = {
        "at": clock.now(),
        "cookie": "absent",
        "knows": False,
        "of_others": False,
        "changed": False,
        "placed": placed,
        "agent": agent,
    }
    return Attempt(**(usual | {"chains": found} | facts))


def steps(chain: Chain, *mine: Count, everybody: Count | None = None) -> tuple[Step, ...]:
    """A chain with the person's counts from its root on; nodes without one were never seen."""
    counts = (*mine, *[Count()] * len(chain))
    return tuple(
        Step(node, count, everybody or Count()) for node, count in zip(chain, counts, strict=False)
    )


def seen(times: int, distinct: int = 1, mark: int = 0) -> Count:
    """So many sign-ins, all recent and all proven."""
    return Count(float(times), times, distinct, mark)


def history(**parts: Any) -> History:
    """From chains by name; failures and held sources by theirs."""
    named: dict[str, tuple[Step, ...]] = {
        name: parts.pop(name) for name in ("cookie", "address", "agent", "hours") if name in parts
    }
    return History(named, **parts)


def node(level: str = "all", *path: str) -> Node:
    return Node("test", level, path)


def sign_in(
    user: Any,
    ip: str | None = HOME,
    user_agent: str = FIREFOX,
    cookie: str | None = None,
    strength: Strength = "strong",
    factor: str = "push",
    **facts: Any,
) -> tuple[int, str | None]:
    """A whole login as accounts does it; gives the ledger's id and the cookie
    that the browser has afterwards."""
    context = login(ip, user_agent, recognise(cookie), **facts)
    assessment = assess(user_id=user.pk, is_staff=user.is_staff, has_strong=True, context=context)
    log_id = record_login(
        context=context,
        outcome="pending",
        assessment=assessment,
        user_id=user.pk,
        typed_name=str(user),
    )
    given = admit(
        log_id=log_id,
        user_id=user.pk,
        context=context,
        factor=factor,
        strength=strength,
        added_by="session",
    )
    return log_id, given or cookie


def fail(
    user: Any,
    ip: str | None = HOME,
    outcome: str = "wrong_password",
    user_agent: str = FIREFOX,
    ago: float = 0,
    name: str = "",
) -> int:
    """A failed login some seconds ago."""
    context = login(ip, user_agent)
    context = replace(context, at=context.at - timedelta(seconds=ago))
    return record_login(
        context=context,
        outcome=outcome,
        assessment=None,
        user_id=user.pk if user else None,
        typed_name=name,
    )


def stopped(
    user: Any,
    ip: str | None = HOME,
    outcome: str = "denied",
    user_agent: str = FIREFOX,
    cookie: str | None = None,
    **facts: Any,
) -> int:
    """A login with the right password whose second factor failed, or that ended
    otherwise; gives the ledger's id."""
    context = login(ip, user_agent, recognise(cookie), **facts)
    assessment = assess(user_id=user.pk, is_staff=user.is_staff, has_strong=True, context=context)
    log_id = record_login(
        context=context,
        outcome="pending",
        assessment=assessment,
        user_id=user.pk,
        typed_name=str(user),
    )
    record_outcome(log_id, outcome, factor="push")
    return log_id
