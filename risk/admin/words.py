"""What the ledger says, in words: titles of findings, the pill, one sentence for what happened."""

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy, ngettext

from risk.login import outcomes
from risk.models import LoginLog
from risk.scoring import registry

_RULES: dict[str, Promise] = {
    "floor": gettext_lazy("Rule"),
    "ceiling": gettext_lazy("Rule"),
    "staff": gettext_lazy("Rule"),
    "model": gettext_lazy("Model"),
}
_KINDS: dict[str, Promise] = {
    "hosting": gettext_lazy("hosting"),
    "vpn": gettext_lazy("VPN"),
    "tor": gettext_lazy("Tor"),
}
_PILLS: dict[str, str] = {
    LoginLog.Level.LOW: "pill-yes",
    LoginLog.Level.MEDIUM: "pill-care",
    LoginLog.Level.HIGH: "pill-no",
}

_STORIES: dict[str, Promise] = {
    "pending": gettext_lazy("Asked for more proof; no answer yet."),
    "denied": gettext_lazy("Asked for more proof, which was denied."),
    "not_me": gettext_lazy("Asked for more proof; the owner said that it was somebody else."),
    "wrong_number": gettext_lazy("Asked for more proof; another number was typed."),
    "expired": gettext_lazy("Asked for more proof; nobody answered in time."),
    "cancelled": gettext_lazy("Asked for more proof; given up at the login page."),
    "superseded": gettext_lazy(
        "Asked for more proof; ended because newer sign-ins or a change took its place."
    ),
    "locked": gettext_lazy("Asked for more proof; too many wrong codes."),
    "failed": gettext_lazy("Asked for more proof; the second factor failed."),
    "disavowed": gettext_lazy("Signed in; the owner said later that it was somebody else."),
    "blocked": gettext_lazy("Refused because of where it came from."),
    "wrong_password": gettext_lazy("The password was wrong."),
    "unknown_user": gettext_lazy("Nobody has the name that was typed."),
    "inactive": gettext_lazy("The account is closed."),
    "throttled": gettext_lazy("After too many tries nobody looked at the password."),
    "enrolment": gettext_lazy("An enrolment link was used to set a password."),
    "password_reset": gettext_lazy("A new password was set through a mailed link."),
    "admin_act": gettext_lazy("An admin changed something about the account."),
    "factor_changed": gettext_lazy("A second factor was added or removed."),
}


def title(name: str) -> str:
    """What a finding is about: the signal says it, or it is a rule's. A name
    that nobody here has is shown as it is."""
    signal = registry.installed().of_finding.get(name)
    if signal:
        return translated(signal.findings[name])
    return str(_RULES.get(name.partition("_")[0]) or name)


def kinds(row: LoginLog) -> str:
    """What imported lists say of the network: "hosting, VPN"."""
    return ", ".join(str(_KINDS.get(kind, kind)) for kind in row.network_kinds.split())


def pill(row: LoginLog) -> SafeString | str:
    """ "63 · Careful" in the colour of the level; a dash where nothing was assessed."""
    if row.score is None:
        return "–"
    return format_html(
        '<span class="pill {}">{} · {}</span>',
        _PILLS.get(row.level, ""),
        row.score,
        row.get_level_display(),
    )


def proof(row: LoginLog) -> str:
    """ "Authenticator, Pixel 8"."""
    return ", ".join(part for part in (row.get_factor_display(), row.detail) if part)


def story(row: LoginLog) -> str:
    """One sentence: what was asked, what came back, how it ended."""
    if row.outcome == LoginLog.Outcome.ADMIN_ACT and row.detail.startswith("policy_"):
        return _("An admin moved a policy on.")
    if row.outcome == LoginLog.Outcome.ADMIN_ACT and row.detail.startswith("admin_group_"):
        return _("An admin changed a group of people.")
    if row.outcome != outcomes.ADMITTED:
        return str(_STORIES.get(row.outcome, row.get_outcome_display()))
    if row.decision == LoginLog.Decision.ALLOW:
        return _("The password was enough.")
    return _("Asked for more proof (%(proof)s), signed in after %(time)s.") % {
        "proof": proof(row),
        "time": took(row),
    }


def took(row: LoginLog) -> str:
    """How long it was from the password to the end."""
    seconds = int(((row.ended_at or row.at) - row.at) / timedelta(seconds=1))
    if seconds < 120:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    return ngettext("%(number)d minute", "%(number)d minutes", seconds // 60) % {
        "number": seconds // 60
    }


def consequence(row: LoginLog) -> str:
    """What the score meant under the policy of that time."""
    limits = {"challenge": row.challenge, "strict": row.strict}
    if row.decision == LoginLog.Decision.BLOCK:
        return _("Such a source is refused, whatever the score.")
    if row.decision == LoginLog.Decision.ALLOW:
        return _("Below %(challenge)d: the password was enough.") % limits
    if row.level == LoginLog.Level.HIGH:
        return _("%(strict)d or more: asked for a strong factor where there is one.") % limits
    if row.level == LoginLog.Level.MEDIUM and row.required != LoginLog.Required.STRONG:
        return _("%(challenge)d or more: asked for more proof.") % limits
    return _("Staff: asked for a strong factor.")
