"""A policy as its pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from risk.admin.page import Fact
from risk.admin.policy_shadow import Shadow, shadow
from risk.models import RiskPolicy
from risk.models.risk_policy import TRANSITIONS, State
from risk.policy.drafts import FOR_EVERYBODY
from risk.policy.rules import Policy
from risk.services import policies

_PILLS: dict[str, str] = {State.ACTIVE: "pill-yes", State.SHADOW: "pill-care"}


@dataclass(frozen=True, slots=True)
class Button:
    """A link to the page that asks whether it is meant."""

    label: str
    url: str
    style: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Everything that the page of one policy shows beside the form of a draft."""

    pill: SafeString
    story: str
    is_draft: bool
    scale: SafeString
    facts: list[Fact]
    buttons: list[Button]
    next_url: str
    backtest_url: str
    shadow: Shadow | None
    spared: list[str]


def page(row: RiskPolicy, *, may_change: bool) -> PolicyPage:
    """Of a version that exists. Reads the ledger only for a policy in shadow."""
    is_draft = row.state == State.DRAFT
    return PolicyPage(
        pill=pill(row),
        story=_story(row),
        is_draft=is_draft,
        scale=scale(row),
        facts=[fact for fact in _facts(row) if fact.value],
        buttons=_buttons(row) if may_change else [],
        next_url=_next_url(row) if may_change and not is_draft else "",
        backtest_url=backtest_url(row),
        shadow=shadow(row) if row.state == State.SHADOW else None,
        spared=policies.never_locked_out(),
    )


def pill(row: RiskPolicy) -> SafeString:
    """The state in its colour."""
    return format_html(
        '<span class="pill {}">{}</span>', _PILLS.get(row.state, ""), row.get_state_display()
    )


def scale(row: RiskPolicy | Policy) -> SafeString:
    """0 to 100 with the two marks."""
    return render_to_string(
        "admin/risk/riskpolicy/scale.html", {"challenge": row.challenge, "strict": row.strict}
    )


def whom(row: RiskPolicy) -> str:
    """Everybody, or the names of the groups."""
    if row.name == FOR_EVERYBODY:
        return _("everybody")
    return ", ".join(sorted(group.name for group in row.groups.all())) or _(
        "nobody: its groups are gone"
    )


def marks(row: RiskPolicy | Policy) -> str:
    """ "50 / 90"."""
    return f"{row.challenge} / {row.strict}"


def who_decides(active: Sequence[RiskPolicy]) -> str:
    """One sentence for the top of the list."""
    everybody = next((row for row in active if row.name == FOR_EVERYBODY), None)
    if everybody:
        return _("%(policy)s decides for everybody: %(marks)s.") % {
            "policy": everybody,
            "marks": marks(everybody),
        }
    told = (
        _("The built-in policy decides for everybody in no group below: %(marks)s.")
        if active
        else _("The built-in policy decides: %(marks)s.")
    )
    return told % {"marks": marks(policies.built_in())}


def backtest_url(row: RiskPolicy) -> str:
    """Where the site's own ledger is replayed under this policy; "" where there is no such page."""
    try:
        return f"{reverse('admin:risk_backtest')}?policy={row.pk}"
    except NoReverseMatch:
        return ""


def _story(row: RiskPolicy) -> str:
    told = {
        State.DRAFT: _("It decides nothing yet."),
        State.SHADOW: _("Judged beside the sign-ins of: %(whom)s. It decides nothing."),
        State.ACTIVE: _("Decides for: %(whom)s."),
        State.RETIRED: _("Decides nothing any more."),
    }
    return told[State(row.state)] % {"whom": whom(row)}


def _facts(row: RiskPolicy) -> list[Fact]:
    moments = (
        (_("In shadow since"), row.shadow_at),
        (_("Decides since"), row.activated_at),
        (_("Retired"), row.retired_at),
    )
    by = _("by %(name)s") % {"name": row.created_by} if row.created_by else ""
    return [
        Fact(_("For"), whom(row)),
        Fact(_("Written"), date_format(row.created_at, "j F Y, H:i"), by),
        *[Fact(name, date_format(moment, "j F Y, H:i")) for name, moment in moments if moment],
        Fact(_("Note"), row.note),
    ]


def _buttons(row: RiskPolicy) -> list[Button]:
    styles = {
        "shadow": "btn-yes" if row.state == State.DRAFT else "btn-line",
        "active": "btn-yes" if row.state == State.SHADOW else "btn-line",
    }
    possible = TRANSITIONS.get(row.state, frozenset())
    found = [to for to in (State.SHADOW, State.ACTIVE, State.RETIRED) if to in possible]
    return [
        Button(
            label(to),
            reverse(f"admin:risk_riskpolicy_{to}", args=[row.pk]),
            styles.get(to, "btn-line"),
        )
        for to in found
    ]


def label(to: str) -> str:
    """What the button of a move says."""
    return {"shadow": _("Put in shadow"), "active": _("Make it decide"), "retired": _("Retire")}[to]


def _next_url(row: RiskPolicy) -> str:
    """The form of a new draft, filled with this version: a version itself never changes."""
    filled = {"name": row.name, "challenge": row.challenge, "strict": row.strict, "note": row.note}
    groups = ",".join(str(group.pk) for group in row.groups.all())
    query = urlencode(filled | ({"groups": groups} if groups else {}))
    return f"{reverse('admin:risk_riskpolicy_add')}?{query}"
