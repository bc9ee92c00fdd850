"""Known browsers: the cookie `selector.validator`, who knows it, and its rotation at each login."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, Value, When

from mfaproject.lib import clock, tokens
from mfaproject.lib.prepared import insert
from risk.history import addresses
from risk.login import agents
from risk.login.context import LoginContext, Recognition
from risk.models import KnownBrowser
from risk.models.known_browser import UNUSED_LIFE, KnownBrowserQuerySet
from risk.services.description import label, place

GRACE = timedelta(seconds=30)
"""How long the value before the last rotation is still good: two tabs that sign
in at once send the same cookie."""

_COOKIE = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
ABSENT = Recognition(None, frozenset(), "absent")
INVALID = Recognition(None, frozenset(), "invalid")


def _digest(validator: str) -> str:
    return tokens.digest("known-browser", validator)


def recognise(cookie: str | None) -> Recognition:
    """What a cookie says: nothing is read when there is none, else one SELECT. A value that was
    replaced before is theft: see `_stolen`."""
    if not cookie:
        return ABSENT
    match = _COOKIE.fullmatch(cookie)
    if match is None:
        return INVALID
    return _judge(
        list(KnownBrowser.objects.filter(selector=match[1])), _digest(match[2]), clock.now()
    )


def _judge(rows: Sequence[KnownBrowser], presented: str, now: datetime) -> Recognition:
    users = frozenset(
        row.user_id for row in rows if row.revoked_at is None and now - row.last_used < UNUSED_LIFE
    )
    if not users:
        return INVALID
    # Somebody who joined while another tab rotated may hold the value before; the row rotated last
    # knows what the browser has.
    right = max(rows, key=lambda row: row.rotated_at)
    facts = (right.validator_digest, right.previous_digest, right.rotated_at, right.agent)
    if tokens.same(presented, right.validator_digest):
        return Recognition(right.selector, users, "known", *facts)
    if tokens.same(presented, right.previous_digest) and now - right.rotated_at <= GRACE:
        return Recognition(right.selector, users, "grace", *facts)
    return _stolen(right.selector, users, now)


def _stolen(selector: str, users: frozenset[int], now: datetime) -> Recognition:
    """Two browsers hold one cookie, and nobody can say which is the thief: none of its people knows
    it any more. Told once."""
    revoked = (
        KnownBrowser.objects.live()
        .filter(selector=selector)
        .update(revoked_at=now, revoked_why=KnownBrowser.Why.COPIED)
    )
    return Recognition(None, users, "stolen") if revoked else INVALID


def rotate(context: LoginContext, user_id: int, log_id: int) -> str | None:
    """Gives the browser of a person who knows it a new value, for all its people at once: one
    UPDATE, one winner.

    None leaves the cookie alone: another tab was faster, or this one came with the value before.
    Rows that lag behind (see `_judge`) catch up.
    """
    browser = context.browser
    if browser.state != "known":
        return None
    if context.door == "api":
        _keep(context, user_id, log_id)
        return None
    validator, now, mine = tokens.new_token(), clock.now(), Q(user_id=user_id)
    unchanged = Q(validator_digest=browser.current) | Q(rotated_at__lt=browser.rotated_at)
    rows = KnownBrowser.objects.live().filter(unchanged, selector=browser.selector)
    won = rows.update(
        validator_digest=_digest(validator),
        previous_digest=browser.current,
        rotated_at=now,
        last_used=Case(When(mine, then=Value(now)), default=F("last_used")),
        last_log=Case(
            When(mine, then=Value(log_id)), default=F("last_log_id"), output_field=BigIntegerField()
        ),
        **_names(context),
    )
    return f"{browser.selector}.{validator}" if won else None


def _keep(context: LoginContext, user_id: int, log_id: int) -> None:
    """A program keeps the value that it was given once: it has no cookie jar in which a newer one
    would replace it. One UPDATE."""
    mine = KnownBrowser.objects.live().filter(selector=context.browser.selector, user_id=user_id)
    mine.update(last_used=clock.now(), last_log_id=log_id)


def make_known(context: LoginContext, user_id: int, log_id: int, added_by: str) -> str | None:
    """After a second factor in a browser that did not know this person: one INSERT. None when the
    browser has a good cookie already."""
    browser = context.browser
    if browser.selector is not None and browser.is_good:
        _join(browser.selector, context, user_id, log_id, added_by)
        return None
    selector, validator = tokens.new_id(), tokens.new_token()
    insert(
        _row(
            selector,
            context,
            user_id,
            log_id,
            added_by,
            validator_digest=_digest(validator),
            rotated_at=clock.now(),
        )
    )
    return f"{selector}.{validator}"


def _join(selector: str, context: LoginContext, user_id: int, log_id: int, added_by: str) -> None:
    """Another person of the same browser; or the same one again, after the trust was ended."""
    browser = context.browser
    values = {
        "validator_digest": browser.current,
        "previous_digest": browser.previous,
        "rotated_at": browser.rotated_at,
    }
    row = _row(selector, context, user_id, log_id, added_by, **values)
    renewed = (
        "first_seen",
        "last_used",
        "last_log",
        "added_by",
        "revoked_at",
        "revoked_why",
        *values,
        *_names(context),
    )
    KnownBrowser.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["selector", "user"], update_fields=renewed
    )


def _row(
    selector: str, context: LoginContext, user_id: int, log_id: int, added_by: str, **values: Any
) -> KnownBrowser:
    now = clock.now()
    values |= _names(context)
    return KnownBrowser(
        selector=selector,
        user_id=user_id,
        first_seen=now,
        last_used=now,
        last_log_id=log_id,
        added_by=added_by,
        **values,
    )


def _names(context: LoginContext) -> dict[str, str]:
    agent = agents.read(context.user_agent)
    return {"agent": agent.spoken, "browser": agent.browser_name, "system": agent.system_name}


@dataclass(frozen=True, slots=True)
class BrowserView:
    """A known browser on the security page. `this`: it is the one that asks. `place` and `ip` are
    of its last sign-in, `ip` None after retention."""

    id: int
    label: str
    place: str
    ip: str | None
    first_seen: datetime
    last_used: datetime
    this: bool
    added_by: str


def browsers(user_id: int, *, this: str = "") -> list[BrowserView]:
    """The browsers that know a person, last used first. `this` is the selector
    of the browser that asks."""
    used_since = clock.now() - UNUSED_LIFE
    rows = (
        KnownBrowser.objects.live()
        .filter(user_id=user_id, last_used__gt=used_since)
        .select_related("last_log")
        .order_by("-last_used", "-pk")
    )
    return [_view(row, this) for row in rows]


def _view(row: KnownBrowser, this: str) -> BrowserView:
    last = row.last_log
    ip, where = (addresses.opened(last), place(last.country, last.as_name)) if last else (None, "")
    return BrowserView(
        row.pk,
        label(row.browser, row.system),
        where,
        ip,
        row.first_seen,
        row.last_used,
        row.selector == this,
        row.added_by,
    )


def end(rows: KnownBrowserQuerySet) -> int:
    """Ends the trust in these; gives how many had any."""
    return rows.live().update(revoked_at=clock.now(), revoked_why=KnownBrowser.Why.ENDED)


def forget_browser(user_id: int, browser_id: int) -> bool:
    """That browser is asked again from now on. False when it was not the
    person's, or forgotten before."""
    return end(KnownBrowser.objects.filter(pk=browser_id, user_id=user_id)) == 1


def forget_all_browsers(user_id: int, except_selector: str | None = None) -> int:
    """All browsers of a person but one; gives how many."""
    return end(KnownBrowser.objects.filter(user_id=user_id).exclude(selector=except_selector or ""))
