"""PURE: has the person signed in from this network, from this address? Somebody whose address
always changes pays little for a new one.

What the person has shown before enters level by level and can only lower; what is new enters once,
and with a mark for each level that is new.
"""

from risk.geo import countries
from risk.login.attempt import Attempt
from risk.login.history import History, Step
from risk.scoring.signals.base import Careful, Input, Measured, Remark, Signal, gettext_noop
from risk.scoring.signals.ratios import novelties, ratios
from risk.scoring.signals.words import many, of_sign_ins

COLLEAGUES = 3  # accounts that use a network before it counts as one that people here use


def look(attempt: Attempt, history: History) -> tuple[Remark, ...]:
    """Exactly one finding."""
    if not attempt.placed or not history.address:
        return (
            Remark("address_unknown", "The address is a private or shared one: it says nothing."),
        )
    root, *wider, network, address = history.address
    if root.mine.times == 0:
        return (Remark("address_first", "No sign-ins to compare the network with."),)
    for step in wider:
        if step.mine.times == 0:
            return (_new_place(root, step, attempt),)
    if network.mine.times == 0:
        return (_new_network(root, network),)
    if address.mine.times == 0:
        return (_new_address(root, network),)
    return (_seen(root, address),)


def _new_place(root: Step, step: Step, attempt: Attempt) -> Remark:
    total = root.mine.times
    code = step.node.path[-1]
    if step.node.level == "country":
        where = countries.name(code, countries.USUAL) or code
    else:
        where = f"{attempt.provider} (AS{code})" if attempt.provider else f"AS{code}"
    return Remark(
        f"{step.node.level}_new",
        f"{of_sign_ins(0, total)} came from {where}.",
        {"seen": 0, "sign_ins": total},
    )


def _new_network(root: Step, network: Step) -> Remark:
    total, others = root.mine.times, network.everybody.times
    start = f"{of_sign_ins(0, total)} came from this network"
    evidence: dict[str, int | str] = {"seen": 0, "sign_ins": total, "others": others}
    if others >= COLLEAGUES:
        return Remark(
            "network_new",
            f"{start}; {many(others, 'other account uses', 'other accounts use')} it.",
            evidence,
        )
    return Remark("network_new", f"{start}.", evidence)


def _new_address(root: Step, network: Step) -> Remark:
    total, near = root.mine.times, network.mine.times
    sentence = f"{of_sign_ins(0, total)} came from this address, {near} from its network."
    return Remark("address_new", sentence, {"seen": 0, "sign_ins": total, "near": near})


def _seen(root: Step, address: Step) -> Remark:
    total, seen = root.mine.times, address.mine.times
    return Remark(
        "address_known",
        f"{of_sign_ins(seen, total)} came from this address.",
        {"seen": seen, "sign_ins": total},
    )


def measure(_attempt: Attempt, history: History) -> Measured:
    """A ratio for each level, and what is new."""
    for step, part in ratios(history.address):
        if step.mine.times:
            # where somebody has been before never speaks against them
            yield step.node.level, min(0.0, part)
        else:
            yield "novelty", part
    for level in novelties(history.address):
        yield f"new_{level}", 1.0


NEW_PLACE = frozenset({"network_new", "provider_new", "country_new"})
SIGNAL = Signal(
    name="address",
    look=look,
    measure=measure,
    inputs={
        "country": Input("how usual the country is for the person, from 0 down"),
        "provider": Input("the same of the provider within the country"),
        "network": Input("the same of the network within the provider"),
        "address": Input("the same of the address within the network"),
        "novelty": Input("how odd the first level is that the person never showed"),
        "new_country": Input("1: the person never signed in from the country"),
        "new_provider": Input("1: never over the provider"),
        "new_network": Input("1: never from the network"),
        "new_address": Input("1: never from the address"),
    },
    findings={
        "address_unknown": gettext_noop("Address"),
        "address_first": gettext_noop("Address"),
        "country_new": gettext_noop("Country"),
        "provider_new": gettext_noop("Provider"),
        "network_new": gettext_noop("Network"),
        "address_new": gettext_noop("Address"),
        "address_known": gettext_noop("Address"),
    },
    careful=(
        Careful(
            50,
            gettext_noop("New browser, and a network you have not used before."),
            NEW_PLACE,
            in_new_browser=True,
        ),
        Careful(110, gettext_noop("A network you have not used before."), NEW_PLACE),
    ),
)
