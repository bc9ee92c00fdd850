"""What people type, checked for shape. Rules about who may do what live in the services."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import signup
from mfaproject.lib import mailbox
from mfaproject.lib.http import clean

USERNAME = re.compile(r"[\w.-]+")


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs=attrs)


class PasswordField(forms.CharField):
    """A password: never shown again, never stripped, never longer than is worth hashing."""

    def __init__(self, *, autocomplete: str = "current-password", help_text: Any = "") -> None:
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": autocomplete})
        super().__init__(label=_("Password"), help_text=help_text, strip=False, max_length=settings.PASSWORD_LONGEST, widget=widget)


class NewPasswordField(PasswordField):
    """A password being chosen."""

    def __init__(self) -> None:
        super().__init__(autocomplete="new-password", help_text=_("12 characters or more. A few words in a row are fine."))


class LoginForm(forms.Form):
    """Name and password. Both are taken as they are: whether they go together is the service's to say, and it says no more than that."""

    username = forms.CharField(label=_("Username"), max_length=150, widget=_text(autocomplete="username", autocapitalize="none", spellcheck="false"))
    password = PasswordField()
    next = forms.CharField(required=False, widget=forms.HiddenInput())


class ProveForm(forms.Form):
    """The password once more."""

    password = PasswordField()
    next = forms.CharField(required=False, widget=forms.HiddenInput())


class CodeForm(forms.Form):
    """Six digits, or a recovery code. Anything goes through: the service counts every try, and decides on ASCII alone."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        error_messages={"required": _("Type the six digits of the code.")},
        widget=_text(
            autocomplete="one-time-code", inputmode="numeric", pattern="[0-9 ]{6,7}", maxlength="7", placeholder="––––––", **{"class": "digits"}
        ),
    )

    def ask_for(self, kind: str) -> None:
        """Makes the field fit for what is asked: codes from paper are long, and have letters."""
        if kind == "recovery":
            looks = {"inputmode": "text", "maxlength": "40", "placeholder": "xxxx-xxxx-xxxx-xxxx"}
            self.fields["code"].widget = _text(autocomplete="off", autocapitalize="none", spellcheck="false", **looks)
            self["code"].label = _("Recovery code")


_FAULTS: dict[mailbox.Fault, Any] = {
    "incomplete": _("This is not a complete address, such as name@example.org."),
    "local": _("Before the @ only letters without accents, digits and signs such as . - _ + are possible."),
    "literal": _("After the @ the name of a mail server is wanted, not its number."),
    "domain": _("There can be no mail server of that name. Look at what stands after the @."),
    "long": _("This address is too long."),
}


class AddressField(forms.CharField):
    """A new e-mail address, as it was typed. What it is compared by is `mailbox`'s to say.

    `borne`: faults that an older account's address may have.
    """

    widget = forms.EmailInput

    def __init__(self, *, borne: Collection[mailbox.Fault] = (), **options: Any) -> None:
        super().__init__(max_length=mailbox.LONGEST, **options)
        self.borne = borne

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return mailbox.checked(typed)
        except mailbox.NotAnAddress as error:
            if error.fault in self.borne:
                return typed
            raise ValidationError(_FAULTS[error.fault], code="invalid") from None


class SignupForm(forms.Form):
    """A new account."""

    full_name = forms.CharField(label=_("Full name"), max_length=100, widget=_text(autocomplete="name"))
    username = forms.CharField(
        label=_("Username"),
        max_length=40,
        help_text=_("Letters, digits and . - _"),
        widget=_text(autocomplete="username", autocapitalize="none", spellcheck="false"),
    )
    email = AddressField(label=_("E-mail"))
    password = NewPasswordField()
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("For codes by text, if you have no authenticator at hand. With the country: +33 6 12 34 56 78"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_full_name(self) -> str:
        return full_name(self.cleaned_data["full_name"])

    def clean_username(self) -> str:
        name = unicodedata.normalize("NFKC", self.cleaned_data["username"])
        if not USERNAME.fullmatch(name):
            raise ValidationError(_("Only letters, digits and . - _ are possible."))
        if signup.is_taken(name):
            raise ValidationError(_("This name is taken. Try another one."))
        return name

    def clean_phone(self) -> str:
        return e164(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _validate_new(self, User(username=data.get("username", ""), full_name=data.get("full_name", ""), email=data.get("email", "")))
        return data

    def account(self) -> signup.NewAccount:
        """The checked values."""
        data = self.cleaned_data
        return signup.NewAccount(data["full_name"], data["username"], data["email"], data["password"], data["phone"])


def full_name(typed: str) -> str:
    """A name as one clean line; refuses one of which nothing is left."""
    name = clean(typed, 100)
    if not name:
        raise ValidationError(_("Type your name as people know it."))
    return name


def e164(typed: str) -> str:
    """A phone number as +33612345678, "" for none; refuses what cannot be called."""
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        raise ValidationError(_("Begin with + and the country, such as +33 6 12 34 56 78.")) from None
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(_("Nobody can be called at this number. Look at it again."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _validate_new(form: forms.Form, user: User) -> None:
    password = form.cleaned_data.get("password")
    if password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            form.add_error("password", error)


class ResetForm(forms.Form):
    """Where to send a link."""

    email = AddressField(label=_("E-mail"), borne=("local", "literal"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class NewPasswordForm(forms.Form):
    """A new password of a person who is known."""

    password = NewPasswordField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _validate_new(self, self.user)
        return data
