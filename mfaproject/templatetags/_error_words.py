"""What an error page says by its status."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """The heading, and the sentence below it."""

    title: Promise
    words: Promise


_TOO_OLD = Words(
    _("This page was open too long"),
    _(
        "Nothing was sent. Load it again and repeat what you did; your browser must allow cookies"
        " for it."
    ),
)
_UNREADABLE = Words(
    _("We could not read that"),
    _("What your browser sent was not what we expected. Go back and try once more."),
)
_TOO_LARGE = Words(
    # Translators: a field of a form, a header or an address was larger than the server takes.
    _("That was too long"),
    _("One of the fields holds far more than it needs. Go back and shorten it."),
)
_OURS = Words(
    _("Something went wrong here"),
    _("That was us, not you. Your account is safe, and we have a note of it."),
)
_BY_STATUS = {
    400: _UNREADABLE,
    403: Words(
        _("You may not open this"),
        _("Your account cannot see this page, or it wants a fresh sign-in."),
    ),
    404: Words(
        _("There is no such page"),
        _("The address may be mistyped, or the page has moved."),
    ),
    405: Words(
        # Translators: the address exists, but what the browser did there is not served (405).
        _("That does not work here"),
        _("Go back and use the buttons on the page."),
    ),
    408: Words(
        # Translators: what the browser sent did not arrive in time (408).
        _("That took too long"),
        _("What your browser sent did not arrive in time. The line may be slow: try again."),
    ),
    410: Words(
        # Translators: a link or a question that was used or is too old (410).
        _("This has ended"),
        _("It was used or is too old. Nothing is lost: start again."),
    ),
    413: _TOO_LARGE,
    414: _TOO_LARGE,
    417: _UNREADABLE,
    429: Words(
        _("Too many tries"),
        _("Please wait a little, then try again."),
    ),
    431: _TOO_LARGE,
    505: _UNREADABLE,
}


def of(status: int, *, csrf: bool) -> Words:
    """`csrf`: a form without its token, nearly always one that lay open for too long."""
    return _TOO_OLD if csrf else _BY_STATUS.get(status, _OURS)
