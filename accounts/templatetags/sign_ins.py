"""How a sign-in of one's own list went, in words."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mfa import registry
from risk.services import LoginView

register = template.Library()

_SOMEBODY_ELSE = _("you said it was not you")
_WRONG = _("wrong code")
_ENDS: dict[str, Promise] = {
    "not_me": _SOMEBODY_ELSE,
    "disavowed": _SOMEBODY_ELSE,
    "denied": _("you said no"),
    "wrong_number": _("another number was typed"),
    "expired": _("nobody answered"),
    "cancelled": _("cancelled"),
    "superseded": _("a newer sign-in took its place"),
    "locked": _WRONG,
    "failed": _WRONG,
    "pending": _("waiting for an answer"),
}
_REFUSED = _("too unusual, refused")
PASSWORD = "password"  # noqa: S105 - what the ledger calls a sign-in without a factor


@register.simple_tag
def how(login: LoginView, first: bool = False) -> str:
    """`first`: it is the very first of the account."""
    if login.outcome != "admitted":
        return str(_ENDS.get(login.outcome, _REFUSED))
    if first:
        return str(_("your first sign-in"))
    if login.factor not in ("", PASSWORD):
        return registry.of(login.factor).words.how(login.detail)
    return str(_("known browser") if login.known_browser else _("password only"))
