"""How odd is this login, why, and what to do about it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings

from mfaproject.lib import ip_addresses
from risk.history import failure_reputation, lookup
from risk.login import agents
from risk.login.attempt import Attempt, attempt_of
from risk.login.context import Assessment, LoginContext
from risk.login.history import History
from risk.policy import rules
from risk.policy.rules import Applicable, Circumstances, Policy, Ruling
from risk.services.description import describe
from risk.serving import challengers, champion


def attempt(context: LoginContext, user_id: int) -> Attempt:
    """The login as models see it."""
    return attempt_of(
        context,
        agents.read(context.user_agent),
        user_id=user_id,
        placed=ip_addresses.is_public(context.ip),
    )


def assess(
    *, user_id: int, is_staff: bool, has_strong: bool, context: LoginContext, username: str = ""
) -> Assessment:
    """Reads (one SELECT), judges, writes nothing. `has_strong`: whether a strong factor may be
    wanted. Who looks that up only where it is wanted says True, and asks for less afterwards.

    Call it with nothing locked: where there are challengers it may wait for them
    (`challengers.BUDGET`).

    RISK_NEVER_LOCK_OUT lists user ids, and user names where the caller gives one: those accounts
    are never refused, only asked.
    """
    seen, past, policies = _read(context, user_id)
    scored = champion.score(seen, past)
    policy = policies.deciding(Policy.read(settings.RISK_POLICY))
    never_block = rules.is_spared(user_id, username, settings.RISK_NEVER_LOCK_OUT)
    facts = Circumstances(seen.knows, past.sign_ins == 0, is_staff, has_strong, never_block)
    ruling = rules.rule(scored.findings, policy, facts)
    return Assessment(
        score=ruling.score,
        level=ruling.level,
        findings=ruling.findings,
        decision=ruling.decision,
        required=ruling.required,
        model=scored.model,
        model_version=scored.model_version,
        policy=policy.name,
        policy_version=policy.version,
        challenge=policy.challenge,
        strict=policy.strict,
        shown=describe(context),
        evidence={"inputs": dict(scored.inputs), "facts": asdict(facts)} | _places(ruling, seen),
        opinions=(
            *(rules.opinion(scored.findings, shadow, facts) for shadow in policies.shadow),
            *_challenged(ruling, seen, past),
        ),
    )


def rehearse(*, user_id: int, context: LoginContext) -> None:
    """Reads as much as `assess`, for a sign-in that is refused anyhow; 0 is nobody's id.

    What the verdict refuses must not be told by its time from a wrong password. Judging itself
    takes a small part of what reading does.
    """
    _read(context, user_id)


def _read(context: LoginContext, user_id: int) -> tuple[Attempt, History, Applicable]:
    seen = attempt(context, user_id)
    past, policies = lookup.read(
        seen, user_id=user_id, ip=context.ip, user_agent=context.user_agent
    )
    return seen, past, policies


def _places(ruling: Ruling, seen: Attempt) -> dict[str, Any]:
    """Noted now, because the address may be cut before the counts are rebuilt, and where second
    factors do not fail it is not needed."""
    places = failure_reputation.noted(seen.chains) if ruling.decision == "step_up" else []
    return {failure_reputation.PLACES: places} if places else {}


def _challenged(ruling: Ruling, seen: Attempt, past: History) -> tuple[Mapping[str, Any], ...]:
    """Nobody is asked about what is refused: the wait would tell a stranger
    that the password was right."""
    return () if ruling.decision == "block" else challengers.opinions(seen, past)
