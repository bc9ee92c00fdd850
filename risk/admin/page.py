"""One login, told as an explanation."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from risk.admin import waterfall, words
from risk.history import addresses
from risk.login import outcomes
from risk.models import LoginLog
from risk.services.description import label, place, versioned


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the waterfall with its title."""

    title: str
    row: waterfall.FindingBar
    is_last: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of "what happened": `small` follows softly, `url` makes it a link."""

    name: str
    value: str
    small: str = ""
    url: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class LoginPage:
    """Everything that the template shows."""

    title: str
    pill: SafeString | str
    story: str
    bars: list[Bar]
    score: int | None
    challenge: int | None
    strict: int | None
    consequence: str
    facts: list[Fact]


def page(row: LoginLog) -> LoginPage:
    """From the row alone."""
    found = waterfall.rows(row.findings)
    return LoginPage(
        title=_title(row),
        pill=words.pill(row),
        story=words.story(row),
        bars=[Bar(words.title(each.name), each, each is found[-1]) for each in found],
        score=row.score,
        challenge=row.challenge,
        strict=row.strict,
        consequence=words.consequence(row) if row.score is not None else "",
        facts=[fact for fact in _facts(row) if fact.value],
    )


def _title(row: LoginLog) -> str:
    if row.user:
        return _("Sign-in by %(name)s") % {"name": row.user}
    return (
        row.get_outcome_display()
        if row.outcome in outcomes.ACTS
        else _("Sign-in with an unknown name")
    )


def _facts(row: LoginLog) -> list[Fact]:
    return [
        _who(row),
        Fact(_("When"), date_format(row.at, "j F Y, H:i:s")),
        Fact(
            _("Address"),
            addresses.opened(row) or row.network,
            "" if row.sealed_ip else _("the rest was cut") if row.network else "",
        ),
        Fact(_("Place"), place(row.country, row.as_name), f"AS{row.asn}" if row.asn else ""),
        Fact(_("Listed as"), words.kinds(row)),
        Fact(
            _("Browser"),
            label(versioned(row.browser, row.version), row.system),
            _("known") if row.known_browser else _("not known"),
        ),
        Fact(
            _("Decision"),
            row.get_decision_display(),
            row.get_required_display() if row.decision == LoginLog.Decision.STEP_UP else "",
        ),
        Fact(_("Proof"), words.proof(row)),
        Fact(
            _("Outcome"),
            row.get_outcome_display(),
            _("after %(time)s") % {"time": words.took(row)}
            if row.ended_at and row.ended_at > row.at
            else "",
        ),
        Fact(_("Door"), row.get_door_display()),
        Fact(_("Model"), row.model, _("version %(version)s") % {"version": row.model_version}),
        Fact(_("Policy"), row.policy, _("version %(version)s") % {"version": row.policy_version}),
        Fact(_("Request id"), row.request_id, is_code=True),
        Fact(_("User agent"), row.user_agent, is_code=True),
    ]


def _after(row: LoginLog) -> str:
    return (
        _("after %(time)s") % {"time": words.took(row)}
        if row.ended_at and row.ended_at > row.at
        else ""
    )


def _who(row: LoginLog) -> Fact:
    if row.user is None:
        return Fact(_("Who"), _("nobody we know"))
    options = row.user._meta
    try:
        url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.user.pk])
    except NoReverseMatch:
        url = ""
    return Fact(_("Who"), str(row.user), getattr(row.user, "full_name", ""), url)
