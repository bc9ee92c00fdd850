"""PURE: do second factors fail where this came from?"""

from math import log

from risk.login.attempt import Attempt
from risk.login.history import History, Step
from risk.scoring.signals.base import Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.words import many

REPUTED = ("country", "provider", "network")
DOUBT = 20.0  # failed sign-ins that must have been seen before a reputation counts half
_WORDS = {
    "network": "this network",
    "provider": "the provider of this network",
    "country": "this country",
}


def look(_attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """One remark, once any second factor has failed anywhere."""
    if not history.address or not history.address[0].failed.n:
        return ()
    nearest = next((step for step in reversed(history.address[1:-1]) if step.failed.times), None)
    return (
        (
            _finding(nearest)
            if nearest
            else Remark("reputation", "No second factor failed around this address.", {"failed": 0})
        ),
    )


def _finding(step: Step) -> Remark:
    failed, others = step.failed.times, step.everybody.times
    where = _WORDS[step.node.level]
    sentence = (
        f"Second factors of {many(failed, 'account', 'accounts')} failed from {where};"
        f" {many(others, 'account uses', 'accounts use')} it."
    )
    return Remark("reputation", sentence, {"failed": failed, "others": others})


def measure(_attempt: Attempt, history: History) -> Measured:
    """One for each place above the address."""
    for step in history.address[1:]:
        if step.node.level in REPUTED:
            yield f"named_{step.node.level}", repute(history.address[0], step)


def repute(root: Step, step: Step) -> float:
    """How much more often a place belongs to failed second factors than to people's own sign-ins. 0
    while hardly any have failed."""
    failed = root.failed.n
    if not failed:
        return 0.0
    odds = log((step.failed.n + 0.5) / (failed + DOUBT)) - log(
        (step.everybody.n + 0.5) / (root.everybody.n + DOUBT)
    )
    return odds * failed / (failed + DOUBT)


SIGNAL = Signal(
    name="reputation",
    look=look,
    measure=measure,
    inputs={
        "named_country": Input("how much more often second factors fail in the country"),
        "named_provider": Input("the same over the provider"),
        "named_network": Input("the same from the network"),
    },
    findings={"reputation": gettext_noop("Reputation")},
    of_strangers=True,
)
