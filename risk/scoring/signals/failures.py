"""PURE: what failed lately: at this account, from this address and its subnet, with this user
agent; and how many accounts one address tried.

An office of many people mistypes many passwords, so an address is judged by the share that failed,
not by the number alone; and by accounts, not by logins, where a patient attacker could mix in good
logins of an own account.
"""

from risk.login.attempt import Attempt
from risk.login.history import FailureCount, Failures, History
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.words import many

# two mistyped passwords are a morning, not an attack
ACCOUNT_FREE, ACCOUNT_EACH, ACCOUNT_MOST = 2, 3, 20
SOURCE_FREE, SOURCE_EACH, SOURCE_MOST = 3, 2, 20
SUBNET_MOST = 10
ACCOUNTS_FREE, ACCOUNTS_EACH, ACCOUNTS_MOST = 2, 5, 40
AGENT_ACCOUNTS, AGENT_SHARE, AGENT_POINTS = 8, 0.8, 10
MOSTLY = 0.5
# Nobody's office: twenty accounts, and hardly one got in. A burst is forgiven after a day at the
# latest, because addresses change hands.
BURST_ACCOUNTS, BURST_SHARE, BURST_WEIGHT = 20, 0.8, 16

NAMES = frozenset(
    {
        "failures_account",
        "failures_source",
        "failures_subnet",
        "accounts_at_source",
        "burst_source",
        "failures_agent",
    }
)


def look(_attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """Only what is worth points; they are the shares."""
    failures = history.failures
    found = (_account(failures), *_place(failures), _accounts(failures), _agent(failures))
    return tuple(finding for finding in found if finding is not None)


def _points(tally: FailureCount, free: int, each: int, most: int) -> int:
    return round(min(most, each * max(0.0, tally.weight - free)))


def _account(failures: Failures) -> Remark | None:
    tally = failures.account
    points = _points(tally, ACCOUNT_FREE, ACCOUNT_EACH, ACCOUNT_MOST)
    if not points:
        return None
    sentence = f"{many(tally.failed, 'sign-in', 'sign-ins')} to this account failed lately."
    return Remark("failures_account", sentence, {"failed": tally.failed}, points)


def _place(failures: Failures) -> tuple[Remark, ...]:
    """The address, else its subnet: the same failures are not counted twice."""
    for name, tally, most in (
        ("failures_source", failures.source, SOURCE_MOST),
        ("failures_subnet", failures.subnet, SUBNET_MOST),
    ):
        points = _points(tally, SOURCE_FREE, SOURCE_EACH, most) if tally.share >= MOSTLY else 0
        if points:
            where = (
                "this address" if name == "failures_source" else "the neighbourhood of this address"
            )
            sentence = (
                f"{tally.failed} of the last {many(tally.total, 'sign-in', 'sign-ins')} from"
                f" {where} failed."
            )
            return (Remark(name, sentence, {"failed": tally.failed, "total": tally.total}, points),)
    return ()


def _accounts(failures: Failures) -> Remark | None:
    tally = failures.source
    if tally.accounts <= ACCOUNTS_FREE or tally.share_of_accounts < MOSTLY:
        return None
    points = min(ACCOUNTS_MOST, ACCOUNTS_EACH * (tally.accounts - ACCOUNTS_FREE))
    is_burst = (
        tally.accounts >= BURST_ACCOUNTS
        and tally.share_of_accounts >= BURST_SHARE
        and tally.weight > BURST_WEIGHT
    )
    sentence = f"{tally.accounts} accounts were tried from this address in vain."
    return Remark(
        "burst_source" if is_burst else "accounts_at_source",
        sentence,
        {"accounts": tally.accounts},
        points,
    )


def _agent(failures: Failures) -> Remark | None:
    tally = failures.agent
    if tally.accounts < AGENT_ACCOUNTS or tally.share_of_accounts < AGENT_SHARE:
        return None
    tried = many(tally.total, "sign-in", "sign-ins")
    sentence = (
        f"{tally.failed} of the last {tried} with exactly this browser failed, at {tally.accounts}"
        " accounts."
    )
    return Remark(
        "failures_agent",
        sentence,
        {"failed": tally.failed, "total": tally.total, "accounts": tally.accounts},
        AGENT_POINTS,
    )


def measure(attempt: Attempt, history: History) -> Measured:
    """A tenth of the points."""
    yield "failures", sum(remark.share for remark in look(attempt, history)) / 10


FEW = frozenset({"failures_account", "failures_source", "failures_subnet", "accounts_at_source"})
"""What the person is told of."""

SIGNAL = Signal(
    name="failures",
    look=look,
    measure=measure,
    inputs={
        "failures": Input(
            "what failed around the sign-in lately, in tenths of hand-set points",
            known=False,
            from_ledger=False,
        )
    },
    findings={
        "failures_account": gettext_noop("Failures"),
        "failures_source": gettext_noop("Source"),
        "failures_subnet": gettext_noop("Source"),
        "accounts_at_source": gettext_noop("Many accounts"),
        "burst_source": gettext_noop("Many accounts"),
        "failures_agent": gettext_noop("Kind of browser"),
    },
    careful=(
        Careful(
            60,
            gettext_noop("New browser, after several sign-ins that failed."),
            FEW,
            in_new_browser=True,
        ),
        Careful(100, gettext_noop("Several sign-ins had failed before."), FEW),
    ),
    of_strangers=True,
)
