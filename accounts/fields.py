"""Fields for what people type about themselves: each is looked at in the spelling in which it is
kept.
"""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.services import passwords
from mfa import phone_numbers
from mfaproject.lib import mailbox
from mfaproject.lib.texts import is_storable


def storable(text: str) -> None:
    """Refuses what no database takes: SQLite would take it, and PostgreSQL would not."""
    if not is_storable(text):
        raise ValidationError(_("This holds a character that is none."))


def user_name(name: str) -> None:
    """Refuses a user name with characters, or piles of accents, that are not possible."""
    match names.fault_of_user_name(name):
        case names.Fault.EMPTY:
            raise ValidationError(_("Choose a name that one can see."))
        case names.Fault.CHARACTER:
            raise ValidationError(_("Only letters, digits and . - _ are possible."))
        case names.Fault.MARKS:
            raise ValidationError(_("There are too many accents on one letter."))


def full_name(typed: str) -> str:
    """A name as one clean line; refuses one of which nothing is left, or too much."""
    name = names.full_name(typed)
    match names.fault_of_full_name(name):
        case names.Fault.EMPTY:
            raise ValidationError(_("Type your name as people know it."))
        case names.Fault.MARKS:
            raise ValidationError(_("There are too many accents on one letter."))
    if len(name) > names.LONGEST_FULL_NAME:
        raise ValidationError(
            _("A name can have %(most)d characters at most.") % {"most": names.LONGEST_FULL_NAME}
        )
    return name


def e164(typed: str) -> str:
    """A phone number as +33612345678, "" for none; refuses one that no text
    message goes to, and says why."""
    if not typed.strip():
        return ""
    found = phone_numbers.read(typed, settings.SMS_COUNTRIES)
    if isinstance(found, str):
        return found
    raise ValidationError(_NUMBER_FAULTS[found])


_NUMBER_FAULTS = {
    phone_numbers.Fault.UNREADABLE: _("Begin with + and the country, such as +33 6 12 34 56 78."),
    phone_numbers.Fault.NONE: _("Nobody can be called at this number. Look at it again."),
    phone_numbers.Fault.SATELLITE: _(
        "This number belongs to no country: satellite phones and the like get no texts from here."
    ),
    phone_numbers.Fault.KIND: _(
        "Texts do not arrive at numbers of this kind. Give the number of a mobile phone, or none."
    ),
    phone_numbers.Fault.COUNTRY: _(
        "Texts are not sent to this country from here. Give another number, or none."
    ),
}


class LineField(forms.CharField):
    """A text as it is."""

    default_validators = [storable]


class UserNameField(LineField):
    """A name being chosen. It is looked at in the spelling in which it is kept, its length too."""

    default_validators = [user_name]

    def to_python(self, value: Any) -> str:
        return names.user_name(super().to_python(value) or "")


class FullNameField(LineField):
    """The same for what people call somebody."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return full_name(typed) if typed else ""


_ADDRESS_FAULTS: dict[mailbox.Fault, Any] = {
    "incomplete": _("This is not a complete address, such as name@example.org."),
    "local": _(
        "Before the @ only letters without accents, digits and signs such as . - _ + are possible."
    ),
    "literal": _("After the @ the name of a mail server is wanted, not its number."),
    "domain": _("There can be no mail server of that name. Look at what stands after the @."),
    "long": _("This address is too long."),
}


class MailField(LineField):
    """A new e-mail address, as it was typed. What it is compared by is `mailbox`'s to say.

    `borne`: faults that an older account's address may have.
    """

    widget = forms.EmailInput

    def __init__(self, *, borne: Collection[mailbox.Fault] = (), **options: Any) -> None:
        super().__init__(label=_("E-mail"), max_length=mailbox.LONGEST, **options)
        self.borne = borne

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return mailbox.checked(typed)
        except mailbox.NotAnAddress as error:
            if error.fault in self.borne:
                return typed
            raise ValidationError(_ADDRESS_FAULTS[error.fault], code="invalid") from None


class PasswordField(LineField):
    """A password: never shown again, never stripped, never longer than is worth hashing. Looked at
    in the spelling that is hashed."""

    def __init__(self, *, autocomplete: str = "current-password", help_text: Any = "") -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": autocomplete})
        super().__init__(
            label=_("Password"),
            help_text=help_text,
            strip=False,
            max_length=settings.PASSWORD_LONGEST,
            widget=widget,
        )

    def to_python(self, value: Any) -> str:
        return passwords.normalised(super().to_python(value) or "")


class NewPasswordField(PasswordField):
    """A password being chosen."""

    def __init__(self) -> None:
        super().__init__(
            autocomplete="new-password",
            help_text=_("12 characters or more. A few words in a row are fine."),
        )
