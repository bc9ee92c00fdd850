"""PURE: do second factors fail where this came from?"""

from risk.history.types import History, Step
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals.words import many

NAMES = frozenset({"reputation"})
_WORDS = {
    "network": "this network",
    "provider": "the provider of this network",
    "country": "this country",
}


def look(_attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """One finding without points of its own, once any second factor has failed anywhere."""
    if not history.address or not history.address[0].failed.n:
        return ()
    nearest = next((step for step in reversed(history.address[1:-1]) if step.failed.times), None)
    return (
        (
            _finding(nearest)
            if nearest
            else Finding(
                "reputation", 0, "No second factor failed around this address.", {"failed": 0}
            )
        ),
    )


def _finding(step: Step) -> Finding:
    failed, others = step.failed.times, step.everybody.times
    where = _WORDS[step.node.level]
    sentence = (
        f"Second factors of {many(failed, 'account', 'accounts')} failed from {where};"
        f" {many(others, 'account uses', 'accounts use')} it."
    )
    return Finding("reputation", 0, sentence, {"failed": failed, "others": others})
