"""What people type, checked for shape. Rules about who may do what live in the services."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.fields import (
    FullNameField,
    LineField,
    MailField,
    NewPasswordField,
    PasswordField,
    UserNameField,
    e164,
)
from accounts.models import User
from accounts.services import signup
from mfa.registry.words import Typed


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs=attrs)


class LoginForm(forms.Form):
    """Name and password. Both are taken as they are: whether they go together is the service's to
    say, and it says no more than that."""

    username = LineField(
        label=_("Username"),
        max_length=150,
        widget=_text(autocomplete="username", autocapitalize="none", spellcheck="false"),
    )
    password = PasswordField()
    next = forms.CharField(required=False, widget=forms.HiddenInput())


class ProveForm(forms.Form):
    """The password once more."""

    password = PasswordField()
    next = forms.CharField(required=False, widget=forms.HiddenInput())


class CodeForm(forms.Form):
    """Six digits, or a recovery code. Anything goes through: the service counts every try, and
    decides on ASCII alone."""

    code = LineField(
        label=_("Code"),
        max_length=40,
        error_messages={"required": _("Type the six digits of the code.")},
        widget=_text(
            autocomplete="one-time-code",
            inputmode="numeric",
            pattern="[0-9 ]{6,7}",
            maxlength="7",
            placeholder="––––––",
            **{"class": "digits"},
        ),
    )

    def ask_for(self, typed: Typed) -> None:
        """Makes the field fit for what is asked: not everything is six digits."""
        if typed.attrs:
            self.fields["code"].widget = _text(**typed.attrs)
        self["code"].label = str(typed.label)


class SignupForm(forms.Form):
    """A new account."""

    full_name = FullNameField(
        label=_("Full name"), max_length=names.LONGEST_FULL_NAME, widget=_text(autocomplete="name")
    )
    username = UserNameField(
        label=_("Username"),
        max_length=names.LONGEST_USER_NAME,
        help_text=_("Letters, digits and . - _"),
        widget=_text(autocomplete="username", autocapitalize="none", spellcheck="false"),
    )
    email = MailField()
    password = NewPasswordField()
    phone = LineField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_(
            "For codes by text, if you have no authenticator at hand. With the country: +33 6 12 34"
            " 56 78"
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if signup.is_taken(name):
            raise ValidationError(_("This name is taken. Try another one."))
        return name

    def clean_phone(self) -> str:
        return e164(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _validate_new(
            self,
            User(
                username=data.get("username", ""),
                full_name=data.get("full_name", ""),
                email=data.get("email", ""),
            ),
        )
        return data

    def account(self) -> signup.NewAccount:
        """The checked values."""
        data = self.cleaned_data
        return signup.NewAccount(
            data["full_name"], data["username"], data["email"], data["password"], data["phone"]
        )


def _validate_new(form: forms.Form, user: User) -> None:
    password = form.cleaned_data.get("password")
    if password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            form.add_error("password", error)


class ResetForm(forms.Form):
    """Where to send a link."""

    email = MailField(
        borne=("local", "literal"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


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
