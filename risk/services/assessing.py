"""How odd is this login, why, and what to do about it."""

from dataclasses import asdict
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from mfaproject.lib import http
from risk import agents, history, policy
from risk.attempt import Attempt, attempt_of
from risk.context import Assessment, LoginContext
from risk.model import RiskModel
from risk.policy import Circumstances, Policy
from risk.shown import describe

CHAIN = "risk.chain_model.ChainModel"


@lru_cache(maxsize=8)
def _load(path: str) -> RiskModel:
    return cast(RiskModel, import_string(path)())


def model() -> RiskModel:
    """The model that decides: the setting RISK_MODEL, a dotted path to a class that is made without arguments."""
    return _load(getattr(settings, "RISK_MODEL", CHAIN))


def attempt(context: LoginContext, user_id: int) -> Attempt:
    """The login as models see it."""
    return attempt_of(context, agents.read(context.user_agent), user_id=user_id, placed=http.is_public(context.ip))


def assess(*, user_id: int, is_staff: bool, has_strong: bool, context: LoginContext, username: str = "") -> Assessment:
    """Reads (one SELECT), judges, writes nothing. `has_strong`: whether the person could answer with a strong factor.

    RISK_NEVER_LOCK_OUT lists user ids, and user names where the caller gives one: those accounts are never refused, only asked.
    """
    seen = attempt(context, user_id)
    past = history.read(seen, user_id=user_id, ip=context.ip, user_agent=context.user_agent)
    scored = model().score(seen, past)
    rules = Policy.read(settings.RISK_POLICY)
    never_block = bool({str(user_id), username.casefold()} & {name.casefold() for name in settings.RISK_NEVER_LOCK_OUT if name})
    facts = Circumstances(seen.knows, past.sign_ins == 0, is_staff, has_strong, never_block)
    ruling = policy.rule(scored.findings, rules, facts)
    return Assessment(
        score=ruling.score,
        level=ruling.level,
        findings=ruling.findings,
        decision=ruling.decision,
        required=ruling.required,
        model=scored.model,
        model_version=scored.model_version,
        policy=rules.name,
        policy_version=rules.version,
        challenge=rules.challenge,
        strict=rules.strict,
        shown=describe(context),
        evidence={"inputs": dict(scored.inputs), "facts": asdict(facts)},
    )
