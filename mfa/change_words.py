"""What a mail says that was changed: of factors by their folders, of the rest by this table."""

from django.utils.translation import gettext_lazy as _

from mfa import registry
from mfa.registry.words import Change

_BY_ADMIN = _("An administrator changed something about your account")
_ANY = Change(_("How you sign in was changed"), _("How you sign in was changed."))
_CHANGES = {
    "browser_copied": Change(
        _("A browser that you trust may have been copied"),
        _(
            "A browser that you trust may have been copied. We forgot it, so the next sign-in there"
            " is asked again."
        ),
    ),
    "browser_forgotten": Change(
        _("A trusted browser was forgotten"),
        _("A browser that you trusted was forgotten. The next sign-in there is asked again."),
    ),
    "admin_flags": Change(
        _BY_ADMIN,
        _("An administrator changed what your account may do. You are signed out everywhere."),
    ),
    "admin_groups": Change(
        _BY_ADMIN,
        _(
            "An administrator changed your groups, and with them what your account may do. You are"
            " signed out everywhere."
        ),
    ),
    "admin_signed_out": Change(_BY_ADMIN, _("An administrator signed you out.")),
    "admin_sent_reset": Change(
        _BY_ADMIN, _("An administrator sent you a link to choose a new password.")
    ),
    "admin_device": Change(_BY_ADMIN, _("An administrator removed an authenticator: %(item)s.")),
    "admin_browser": Change(
        _BY_ADMIN,
        _(
            "An administrator made a browser unknown that you trusted. The next sign-in there is"
            " asked again."
        ),
    ),
    "address_back": Change(
        _("Your account has its old address back"),
        _(
            "A change of your account's address was undone from the mailbox that it had before. You"
            " are signed out everywhere, and the password does not work any more."
        ),
    ),
    "account_deleted": Change(_ANY.heading, _("Your account was deleted, with everything in it.")),
}


def told(change: str, item: str) -> tuple[str, str]:
    """Heading and sentence, in the language that is active."""
    found = _of_factor(change) or _CHANGES.get(change, _ANY)
    return str(found.heading), str(found.sentence) % {"item": item}


def _of_factor(change: str) -> Change | None:
    every = (factor.words.changes for factor in registry.known())
    return next((changes[change] for changes in every if change in changes), None)
