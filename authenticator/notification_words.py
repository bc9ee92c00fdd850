"""The words of notifications. They show on locked screens: no name, no place, no number."""

from django.utils.translation import gettext as _


def notices() -> dict[str, str]:
    """In the present language, by name. The page leaves them with the service worker; until then it
    has those of whoever fetched it."""
    return {
        "title": _("Are you signing in?"),
        "body": _("Open nod to see where, and to answer."),
        "approve": _("Approve"),
        "deny": _("Deny"),
        "echo-title": _("Notifications work"),
        "echo-body": _("That was a test. There is nothing to answer."),
        "denying-title": _("Denying…"),
        "denying-body": _("One moment."),
        "denied-title": _("Denied. Nobody got in."),
        "denied-body": _(
            "If somebody else began that sign-in, they know your password: change it."
        ),
        "over-title": _("This request is over"),
        "over-body": _("It was answered elsewhere or has run out. There is nothing left to do."),
        "removed-title": _("Not counted"),
        "removed-body": _(
            "This authenticator was removed from the account, so its answer does not count."
        ),
        "away-title": _("Not denied yet"),
        "away-body": _("There is no connection. Press Deny again, or open nod."),
        "clock-title": _("Not denied yet"),
        "clock-body": _(
            "The clock of this device is off: set date and time to automatic. Then open nod."
        ),
        "stuck-title": _("Not denied yet"),
        "stuck-body": _("It did not work from here. Open nod to answer."),
    }
