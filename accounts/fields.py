"""Fields for what people type about themselves: each is looked at in the spelling in which it is kept."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.services import passwords
from mfa import numbers
from mfaproject.lib.mailboxes import is_local_part
from mfaproject.lib.texts import hides, is_storable


def storable(text: str) -> None:
    """Refuses what no database takes: SQLite would take it, and PostgreSQL would not."""
    if not is_storable(text):
        raise ValidationError(_("This holds a character that is none."))


def mailbox(address: str) -> None:
    """Refuses what is no address, and says so where it is one that mail cannot be sent to."""
    local, at, _host = address.rpartition("@")
    if at and local and not is_local_part(local):
        raise ValidationError(_("Mail cannot be sent to this address: before the @ only a to z, digits and signs such as . - _ + are possible."))
    try:
        validate_email("" if hides(address) else address)
    except ValidationError:
        raise ValidationError(_("This is not a complete address, such as name@example.org.")) from None


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
        raise ValidationError(_("A name can have %(most)d characters at most.") % {"most": names.LONGEST_FULL_NAME})
    return name


def e164(typed: str) -> str:
    """A phone number as +33612345678, "" for none; refuses one that no text message goes to, and says why."""
    if not typed.strip():
        return ""
    found = numbers.read(typed, settings.SMS_COUNTRIES)
    if isinstance(found, str):
        return found
    raise ValidationError(_NUMBER_FAULTS[found])


_NUMBER_FAULTS = {
    numbers.Fault.UNREADABLE: _("Begin with + and the country, such as +33 6 12 34 56 78."),
    numbers.Fault.NONE: _("Nobody can be called at this number. Look at it again."),
    numbers.Fault.SATELLITE: _("This number belongs to no country: satellite phones and the like get no texts from here."),
    numbers.Fault.KIND: _("Texts do not arrive at numbers of this kind. Give the number of a mobile phone, or none."),
    numbers.Fault.COUNTRY: _("Texts are not sent to this country from here. Give another number, or none."),
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


class MailField(forms.EmailField):
    """An address that mail can be sent to."""

    default_validators = [storable, mailbox]

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("E-mail"), max_length=254, **options)


class PasswordField(LineField):
    """A password: never shown again, never stripped, never longer than is worth hashing. Looked at in the spelling that is hashed."""

    def __init__(self, *, autocomplete: str = "current-password", help_text: Any = "") -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": autocomplete})
        super().__init__(label=_("Password"), help_text=help_text, strip=False, max_length=settings.PASSWORD_LONGEST, widget=widget)

    def to_python(self, value: Any) -> str:
        return passwords.normalised(super().to_python(value) or "")


class NewPasswordField(PasswordField):
    """A password being chosen."""

    def __init__(self) -> None:
        super().__init__(autocomplete="new-password", help_text=_("12 characters or more. A few words in a row are fine."))
