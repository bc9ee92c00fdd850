"""What a move of a policy will do, said before it is done."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from risk.admin import policy_page
from risk.models import RiskPolicy
from risk.models.risk_policy import State
from risk.policy.comparison import RECOMMENDED
from risk.services import policies


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question, its consequences as sentences, and the button that does it."""

    question: str
    sentences: list[str]
    button: str
    style: str


def confirmation(row: RiskPolicy, to: str) -> Confirmation:
    """For a move that is possible now."""
    told = {State.SHADOW: _shadow, State.ACTIVE: _active, State.RETIRED: _retired}[State(to)]
    question, sentences = told(row)
    return Confirmation(
        question, sentences, policy_page.label(to), "btn-no" if to == State.RETIRED else "btn-yes"
    )


def _shadow(row: RiskPolicy) -> tuple[str, list[str]]:
    told = _("It is judged beside the sign-ins of: %(whom)s. It decides nothing.") % {
        "whom": policy_page.whom(row)
    }
    return _("Put %(policy)s in shadow?") % {"policy": row}, [told, *_replaced(row, State.SHADOW)]


def _active(row: RiskPolicy) -> tuple[str, list[str]]:
    facts = {"challenge": row.challenge, "strict": row.strict, "whom": policy_page.whom(row)}
    told = (
        _("Asks from %(challenge)d points, for a strong factor from %(strict)d. For: %(whom)s.")
        % facts
    )
    return _("Make %(policy)s decide?") % {"policy": row}, [
        told,
        *_replaced(row, State.ACTIVE),
        _seen(row),
    ]


def _retired(row: RiskPolicy) -> tuple[str, list[str]]:
    told = [
        _(
            "It decides nothing any more and cannot come back; the same can be written as a next"
            " version."
        )
    ]
    if row.state == State.ACTIVE:
        told.append(
            _("Where no other policy applies, the built-in one decides: %(marks)s.")
            % {"marks": policy_page.marks(policies.built_in())}
        )
    return _("Retire %(policy)s?") % {"policy": row}, told


def _replaced(row: RiskPolicy, state: str) -> list[str]:
    former = policies.live(state).filter(name=row.name).first()
    return (
        [
            _("%(policy)s (%(marks)s) retires.")
            % {
                "policy": former,
                "marks": policy_page.marks(former),
            }
        ]
        if former
        else []
    )


def _seen(row: RiskPolicy) -> str:
    seen = policies.compared(row).seen if row.state == State.SHADOW else 0
    told = ngettext(
        "It was judged beside %(seen)d sign-in.", "It was judged beside %(seen)d sign-ins.", seen
    ) % {"seen": seen}
    if seen >= RECOMMENDED:
        return told
    recommended = _("%(number)d are recommended before it decides.") % {"number": RECOMMENDED}
    return f"{told} {recommended}"
