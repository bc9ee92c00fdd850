"""Policies: written down, put in shadow, made to decide, retired. Each move is one conditional
UPDATE and a row of the ledger.
"""

from dataclasses import dataclass
from itertools import starmap
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from mfaproject.lib import clock
from risk.login.context import LoginContext
from risk.models import LoginLog, RiskPolicy
from risk.models.risk_policy import State, sources
from risk.policy.comparison import Comparison, JudgedRow, compare
from risk.policy.drafts import FOR_EVERYBODY, DraftError, PolicyDraft, check_groups, check_name
from risk.policy.rules import Policy
from risk.services import ledger

_DATED: dict[str, str] = {
    State.SHADOW: "shadow_at",
    State.ACTIVE: "activated_at",
    State.RETIRED: "retired_at",
}
_ALONE = (State.SHADOW, State.ACTIVE)
"""One version of a name at most is in each of these."""

NEWEST, SEARCHED = 1000, 20_000
"""Judged sign-ins that a policy in shadow is compared over, and among how many
those of its groups are looked for."""

TRIES = 5  # as many may write a version of one name at the same moment


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: the name that is kept, the account where there is one (not at a terminal), and
    how the request came."""

    name: str
    user_id: int | None
    context: LoginContext


def built_in() -> Policy:
    """What decides where nothing else does. Raises ValueError for a bad setting."""
    return Policy.read(settings.RISK_POLICY)


def live(state: str) -> QuerySet[RiskPolicy]:
    """Those that decide, or are in shadow, the strictest first."""
    return (
        RiskPolicy.objects.filter(state=state)
        .order_by("challenge", "strict", "name")
        .prefetch_related("groups")
    )


def write(row: RiskPolicy, *, by: str) -> None:
    """Inserts a draft as the next version of its name. Its groups are for the caller to set, in the
    same transaction.

    Raises IntegrityError when others were faster again and again.
    """
    row.state, row.created_at, row.created_by = State.DRAFT, clock.now(), by[:150]
    for tried in range(1, TRIES + 1):
        newest = RiskPolicy.objects.filter(name=row.name).aggregate(newest=Max("version"))["newest"]
        row.version = (newest or 0) + 1
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return
        except IntegrityError:
            if tried == TRIES:
                raise


def rewrite(row: RiskPolicy) -> bool:
    """Writes a draft's thresholds and note; False where it is no draft any
    more. Groups: as for `write`."""
    fields = {"challenge": row.challenge, "strict": row.strict, "note": row.note}
    return RiskPolicy.objects.filter(pk=row.pk, state=State.DRAFT).update(**fields) == 1


@transaction.atomic
def bring(draft: PolicyDraft, *, by: str) -> RiskPolicy:
    """A draft from a file as the next version of its name. Raises DraftError
    for a name or groups that do not fit."""
    check_name(draft.name)
    check_groups(draft.name, len(draft.groups))
    groups = list(Group.objects.filter(name__in=draft.groups))
    missing = sorted(set(draft.groups) - {group.name for group in groups})
    if missing:
        raise DraftError("groups", f"There is no group called {', '.join(missing)}.")
    row = RiskPolicy(
        name=draft.name, challenge=draft.challenge, strict=draft.strict, note=draft.note
    )
    write(row, by=by)
    row.groups.set(groups)
    return row


@transaction.atomic
def discard(policy_id: int) -> bool:
    """Deletes a draft; False for anything else, which the ledger may name."""
    row = RiskPolicy.objects.select_for_update().filter(pk=policy_id, state=State.DRAFT).first()
    return row is not None and bool(row.delete())


@transaction.atomic
def move(policy: RiskPolicy, to: str, actor: Actor) -> bool:
    """Moves it on if it may go there from where it is; False for whoever comes second. The one that
    held the place before retires.

    Raises DraftError where its groups do not fit (any more).
    """
    family = RiskPolicy.objects.filter(name=policy.name)
    # moves of one name follow each other
    list(family.select_for_update().order_by("pk").values_list("pk"))
    moved = (
        _moved(family.filter(pk=policy.pk, state__in=sources(to)), to)
        if to not in _ALONE
        else _take_place(policy, family, to, actor)
    )
    if moved:
        _record(policy, to, actor)
    return moved


def _take_place(policy: RiskPolicy, family: QuerySet[RiskPolicy], to: str, actor: Actor) -> bool:
    mine = family.filter(pk=policy.pk, state__in=sources(to))
    if not mine.exists():
        return False
    check_groups(policy.name, policy.groups.count())
    _retire(family.filter(state=to), actor)
    return _moved(mine, to)


@transaction.atomic
def reset(actor: Actor) -> list[RiskPolicy]:
    """Retires all that decide or are in shadow; gives those. The built-in
    policy decides for everybody then."""
    return _retire(RiskPolicy.objects.filter(state__in=sources(State.RETIRED)), actor)


def _retire(rows: QuerySet[RiskPolicy], actor: Actor) -> list[RiskPolicy]:
    found = list(rows.select_for_update().order_by("pk"))
    retired = [
        row
        for row in found
        if _moved(
            RiskPolicy.objects.filter(pk=row.pk, state__in=sources(State.RETIRED)), State.RETIRED
        )
    ]
    for row in retired:
        _record(row, State.RETIRED, actor)
    return retired


def _moved(rows: QuerySet[RiskPolicy], to: str) -> bool:
    dated = {_DATED[to]: clock.now()} if to in _DATED else {}
    return rows.update(state=to, **dated) == 1


def _record(policy: RiskPolicy, to: str, actor: Actor) -> None:
    detail = f"policy_{to} {policy} (by {actor.name})"
    ledger.record_login(
        context=actor.context,
        outcome="admin_act",
        assessment=None,
        user_id=actor.user_id,
        typed_name="",
        detail=detail,
    )


def never_locked_out() -> list[str]:
    """RISK_NEVER_LOCK_OUT as it is set: names and ids."""
    return [entry.strip() for entry in settings.RISK_NEVER_LOCK_OUT if entry.strip()]


def compared(policy: RiskPolicy) -> Comparison:
    """A policy in shadow beside what was decided, over the newest sign-ins that were judged: it
    costs the same in any ledger."""
    newest: QuerySet[Any] = LoginLog.objects.filter(score__isnull=False).order_by("-pk")
    if policy.name != FOR_EVERYBODY:
        members = get_user_model().objects.filter(groups__in=policy.groups.all())
        newest = newest.filter(pk__in=newest.values("pk")[:SEARCHED], user__in=members)
    rows = newest.values_list("pk", "decision", "required", "level", "opinions")[:NEWEST]
    return compare(starmap(JudgedRow, rows), policy.name, policy.version)
