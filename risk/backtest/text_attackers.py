"""PURE: what a backtest says of simulated attackers, and which thresholds it suggests."""

from collections.abc import Iterator

from risk.backtest import findings
from risk.backtest.attackers import FEWEST as ACCOUNTS
from risk.backtest.attackers import KINDS
from risk.backtest.outcome import Outcome
from risk.backtest.suggest import FEWEST, Suggestion, between, curves
from risk.backtest.text_tables import asked, percent

WORDS = {
    "naive": "naive",
    "vpn": "same country",
    "targeted": "targeted",
    "thief": "cookie thief",
}


def attackers(outcome: Outcome) -> Iterator[str]:
    tally = outcome.tally
    yield ""
    drawn = findings.attackers(tally)
    if not tally.is_true:
        yield (
            "No attackers: what was known then agrees with the site's own notes in"
            f" {percent(tally.agreed, tally.compared)} only."
        )
        return
    if not drawn:
        yield (
            f"No attackers were drawn: that needs {ACCOUNTS} accounts that have signed in before,"
            " and a verdict on the one that is attacked."
        )
        return
    yield (
        "Simulated attackers with the right password, against the site's own accounts, at"
        f" {tally.moments:,} moments:"
    )
    yield from asked("", [(WORDS[kind], share) for kind, share in drawn.items()])
    thief = tally.drawn["thief"].share
    if thief.total:
        low, high = between(thief.asked_draft, thief.total)
        yield (
            f"Of the thieves the draft would ask {100 * low:.0f} to {100 * high:.0f} %, as far as"
            f" {thief.total:,} draws can tell (19 times of 20)."
        )
    yield from _limits(outcome)


def _limits(outcome: Outcome) -> Iterator[str]:
    """What keeps these numbers from being better than they are."""
    tally = outcome.tally
    if not tally.drawn["vpn"].share.total:
        yield "Countries are unknown here, so nobody was drawn from the same country."
    few = [WORDS[kind] for kind in KINDS if 0 < tally.drawn[kind].share.total < FEWEST]
    if few:
        yield f"Fewer than {FEWEST} of these, too few for a curve or a threshold: {', '.join(few)}."
    if not curves(tally, "challenge", outcome.draft):
        yield (
            f"There is no curve: it takes {FEWEST} good sign-ins on known browsers and {FEWEST}"
            " cookie thieves."
        )
    if tally.compared:
        agree = percent(tally.agreed, tally.compared)
        yield (
            f"What was known then could be compared with the site's own notes {tally.compared:,}"
            f" times: {agree} agree."
        )
    if outcome.is_sampled:
        yield (
            "There are more accounts than fit: attackers were drawn against some of them, chosen by"
            " chance."
        )


def suggestion(told: Suggestion) -> str:
    """One sentence."""
    mark = {"challenge": "asks from", "strict": "asks for a strong factor from"}[told.mark]
    what = {"challenge": "asked", "strict": "asked for a strong factor"}[told.mark]
    good, wanted = f"{100 * told.good:.2f} %", f"{100 * told.wanted:g} %"
    whom = {"all": "good sign-ins", "known": "good sign-ins on known browsers"}.get(told.of, "")
    if whom:
        if told.threshold is None:
            return (
                f"No threshold keeps to {wanted} of the {whom} {what}: the rules alone make it"
                f" {good}."
            )
        kind = {"challenge": "cookie thieves", "strict": "targeted attackers"}[told.mark]
        stops = "" if told.stopped is None else f", {100 * told.stopped:.0f} % of the {kind}"
        return (
            f"At most {wanted} of the {whom} {what}: a policy that {mark} {told.threshold}"
            f" ({good}{stops})."
        )
    attackers = f"{WORDS[told.of]} attackers" if told.of != "thief" else "cookie thieves"
    if told.threshold is None:
        return (
            f"No threshold gets {wanted} of the {attackers} {what}: {100 * (told.stopped or 0):.0f}"
            " % is the most."
        )
    return (
        f"At least {wanted} of the {attackers} {what}: a policy that {mark} {told.threshold}"
        f" ({good} of all good sign-ins)."
    )
