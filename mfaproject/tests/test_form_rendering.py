"""An input that we draw is the one that Django would draw, byte for byte."""

from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates

from mfaproject.form_rendering import InputRenderer

EVIL = "\"><script>alert('1')</script>&amp;"
WIDGETS = (
    *(
        forms.TextInput,
        forms.PasswordInput,
        forms.HiddenInput,
        forms.EmailInput,
        forms.NumberInput,
        forms.URLInput,
        forms.TextInput,
    ),
    *(forms.CheckboxInput, forms.Textarea, forms.DateInput, forms.Select),
)


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", [None, "", "alice", EVIL, 42, True])
def test_it_is_what_django_draws(widget: type[forms.Widget], value: Any) -> None:
    attrs = {
        "id": "id_name",
        "class": EVIL,
        EVIL: "x",
        "autofocus": True,
        "required": False,
        "maxlength": 7,
        "data-empty": "",
    }
    ours, djangos = (
        widget(attrs).render("na<me", value, renderer=renderer)
        for renderer in (InputRenderer(), DjangoTemplates())
    )
    assert ours == djangos
    assert hasattr(ours, "__html__")


def test_the_site_draws_with_it() -> None:
    assert settings.FORM_RENDERER == "mfaproject.form_rendering.InputRenderer"
    assert isinstance(forms.Form().renderer, InputRenderer)
