"""PURE: has the person signed in from this network, from this address? Somebody whose address
always changes pays little for a new one.
"""

from risk.geo import countries
from risk.history.types import History, Step, surprise
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals.words import many, of_sign_ins

NEW_NETWORK, PER_BIT = 25, 6
NEW_ADDRESS = 6
FAMILIAR, SEEN = -10, -5
OFTEN = 0.1  # share of the sign-ins that makes an address a familiar one
COLLEAGUES = 3  # accounts that use a network before it counts as one that people here use


def look(attempt: Attempt, history: History) -> tuple[Finding, ...]:
    """Exactly one finding."""
    if not attempt.placed or not history.address:
        return (
            Finding(
                "address_unknown", 0, "The address is a private or shared one: it says nothing."
            ),
        )
    root, *wider, network, address = history.address
    if root.mine.times == 0:
        return (Finding("address_first", 0, "No sign-ins to compare the network with."),)
    for step in wider:
        if step.mine.times == 0:
            return (_new_place(root, step, attempt),)
    if network.mine.times == 0:
        return (_new_network(root, network),)
    if address.mine.times == 0:
        return (_new_address(root, network),)
    return (_seen(root, address),)


def _new_place(root: Step, step: Step, attempt: Attempt) -> Finding:
    total = root.mine.times
    points = min(NEW_NETWORK, PER_BIT * surprise(root.mine))
    code = step.node.path[-1]
    if step.node.level == "country":
        where = countries.name(code, countries.USUAL) or code
    else:
        where = f"{attempt.provider} (AS{code})" if attempt.provider else f"AS{code}"
    return Finding(
        f"{step.node.level}_new",
        round(points),
        f"{of_sign_ins(0, total)} came from {where}.",
        {"seen": 0, "sign_ins": total},
    )


def _new_network(root: Step, network: Step) -> Finding:
    total, others = root.mine.times, network.everybody.times
    points = min(NEW_NETWORK, PER_BIT * surprise(root.mine))
    start = f"{of_sign_ins(0, total)} came from this network"
    evidence: dict[str, int | str] = {"seen": 0, "sign_ins": total, "others": others}
    if others >= COLLEAGUES:
        return Finding(
            "network_new",
            round(points / 2),
            f"{start}; {many(others, 'other account uses', 'other accounts use')} it.",
            evidence,
        )
    return Finding("network_new", round(points), f"{start}.", evidence)


def _new_address(root: Step, network: Step) -> Finding:
    total, near = root.mine.times, network.mine.times
    points = min(NEW_ADDRESS, PER_BIT / 4 * surprise(network.mine))
    sentence = f"{of_sign_ins(0, total)} came from this address, {near} from its network."
    return Finding(
        "address_new", round(points), sentence, {"seen": 0, "sign_ins": total, "near": near}
    )


def _seen(root: Step, address: Step) -> Finding:
    total, seen = root.mine.times, address.mine.times
    points = FAMILIAR if seen >= OFTEN * total else SEEN
    return Finding(
        "address_known",
        points,
        f"{of_sign_ins(seen, total)} came from this address.",
        {"seen": seen, "sign_ins": total},
    )
