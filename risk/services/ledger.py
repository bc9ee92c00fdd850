"""Writing the ledger: one INSERT per attempt, then conditional UPDATEs that only go forward."""

from dataclasses import fields
from typing import Any

from django.db import transaction

from mfaproject.lib import clock, metrics, request_id
from mfaproject.lib.prepared import insert
from risk.geo import Place
from risk.history import addresses, digests, failure_reputation
from risk.login import agents, outcomes
from risk.login.attempt import LISTS
from risk.login.context import Assessment, Finding, LoginContext, Recognition
from risk.models import LoginLog

_FINDING = tuple(field.name for field in fields(Finding))
# Our own table; every value is a parameter.
_MOVE = (
    f"UPDATE {LoginLog._meta.db_table} SET {{columns}}"  # noqa: S608
    " WHERE id = %s AND outcome IN ({sources}) RETURNING id, user_id, evidence"
)
NO_BROWSER = Recognition(None, frozenset(), "absent")


def record_login(
    *,
    context: LoginContext,
    outcome: str,
    assessment: Assessment | None,
    user_id: int | None,
    typed_name: str,
    detail: str = "",
) -> int:
    """Writes one row and gives its id. The typed name is kept as a keyed digest, and only where
    nobody has it.

    `detail` says what an act was (see `outcomes.ACTS`). Raises ValueError for an outcome that the
    ledger does not know.
    """
    if outcome not in outcomes.OUTCOMES:
        raise ValueError(f"no outcome of the ledger: {outcome}")
    row = LoginLog(
        at=context.at,
        user_id=user_id,
        name_digest="" if user_id is not None else digests.of_name(typed_name)[0],
        door=context.door,
        request_id=context.request_id,
        outcome=outcome,
        detail=detail[:120],
        ended_at=None if outcome == outcomes.PENDING else context.at,
        known_browser=user_id is not None and context.browser.knows(user_id),
        browser_digest=digests.of_browser(context.browser.selector),
        **addresses.fields(context.ip, context.request_id),
        **_place_fields(context.place),
        **_agent_fields(context.user_agent),
        **_verdict_fields(assessment),
    )
    insert(row)
    if outcome != outcomes.PENDING:
        _count(row.decision, outcome)
    return row.pk


def note_act(user_id: int, outcome: str) -> int:
    """An act on an account (one of `outcomes.ACTS`) of which nobody knows where
    it was asked for; gives the row's id."""
    context = LoginContext(None, "", NO_BROWSER, clock.now(), request_id.current(), "form")
    return record_login(
        context=context, outcome=outcome, assessment=None, user_id=user_id, typed_name=""
    )


def _place_fields(place: Place) -> dict[str, Any]:
    kinds = (kind for kind in reversed(LISTS) if getattr(place, kind))
    return {
        "country": place.country,
        "asn": place.asn,
        "as_name": place.as_name,
        "network_kinds": " ".join(kinds),
    }


def _agent_fields(user_agent: str) -> dict[str, str]:
    agent = agents.read(user_agent)
    return {
        "user_agent": user_agent,
        "agent_digest": digests.of_agent(user_agent),
        "browser": agent.browser_name,
        "version": agent.version,
        "system": agent.system_name,
    }


def _verdict_fields(assessment: Assessment | None) -> dict[str, Any]:
    if assessment is None:
        return {}
    names = (
        "score",
        "level",
        "decision",
        "required",
        "model",
        "model_version",
        "policy",
        "policy_version",
        "challenge",
        "strict",
        "evidence",
    )
    lists = {
        "findings": [
            {name: getattr(finding, name) for name in _FINDING} for finding in assessment.findings
        ],
        "opinions": list(assessment.opinions),
    }
    return {name: getattr(assessment, name) for name in names} | lists


def move(
    log_id: int, outcome: str, *, decision: str = LoginLog.Decision.STEP_UP, **fields: Any
) -> bool:
    """Moves a row to its next outcome if it may go there from where it is; False for whoever comes
    second.

    `decision` is for the counters only: whatever ends after it was pending was a step-up, but for a
    login that the password opened.
    """
    row = LoginLog.objects.leaving_for(outcome).filter(pk=log_id)
    moved = row.update(outcome=outcome, **fields) == 1
    if moved:
        _count(decision, outcome)
    return moved


def _count(decision: str, outcome: str) -> None:
    """Once it is certain."""
    transaction.on_commit(lambda: metrics.login_ended(decision, outcome), robust=True)


def record_outcome(log_id: int, outcome: str, *, factor: str = "", detail: str = "") -> bool:
    """How a pending login ended: one conditional UPDATE. `detail` is what the person knows the
    factor by, such as the name of a phone.

    Where the second factor failed the account names the places of the address, in one statement
    more of the same transaction.
    """
    end: dict[str, Any] = {"factor": factor, "detail": detail[:120], "ended_at": clock.now()}
    return (
        _fail(log_id, outcome, end) if outcome in outcomes.NAMING else move(log_id, outcome, **end)
    )


@transaction.atomic(savepoint=False)
def _fail(log_id: int, outcome: str, end: dict[str, Any]) -> bool:
    row = _moved(log_id, {"outcome": outcome} | end)
    if row is None:
        return False
    _count(LoginLog.Decision.STEP_UP, outcome)
    if row.user_id is not None:
        failure_reputation.name(
            row.user_id, failure_reputation.of(row.evidence), int(end["ended_at"].timestamp())
        )
    return True


def _moved(log_id: int, end: dict[str, Any]) -> LoginLog | None:
    """As `move`, and gives whose row it was and what it notes. The ORM cannot ask an UPDATE for
    anything but a number."""
    before = outcomes.sources(end["outcome"])
    sql = _MOVE.format(
        columns=", ".join(f"{name} = %s" for name in end), sources=", ".join(["%s"] * len(before))
    )
    return next(iter(list(LoginLog.objects.raw(sql, [*end.values(), log_id, *before]))), None)
