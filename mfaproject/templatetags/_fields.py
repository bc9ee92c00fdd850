"""What an input needs beside its widget: hints for the browser, and for those who hear the page."""

from dataclasses import dataclass

from django.forms import BaseForm, BoundField

Attrs = dict[str, str | bool]

# What browsers and password managers know these names by. A form may say otherwise on its widget, a
# template in its tag.
_KNOWN: dict[str, Attrs] = {
    "full_name": {"autocomplete": "name"},
    "username": {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    "email": {"autocomplete": "email"},
    "phone": {"autocomplete": "tel"},
    "password": {"autocomplete": "current-password"},
    "code": {"autocomplete": "one-time-code", "inputmode": "numeric"},
    "number": {"autocomplete": "off", "inputmode": "numeric"},
}
_DIGITS = ("code", "number")
_DASH = "–"


@dataclass(frozen=True, slots=True)
class FieldLook:
    """One field, ready to be drawn."""

    bound: BoundField
    hint: str
    attrs: Attrs

    @property
    def is_password(self) -> bool:
        return getattr(self.bound.field.widget, "input_type", "") == "password"

    @property
    def input(self) -> str:
        return self.bound.as_widget(attrs=self.attrs)

    @property
    def hint_id(self) -> str:
        return f"{self.bound.id_for_label}-hint"

    @property
    def wrong_id(self) -> str:
        return f"{self.bound.id_for_label}-wrong"


def look_at(
    bound: BoundField, *, hint: str, digits: int, note: str, wrong: bool, focus: bool, extra: Attrs
) -> FieldLook:
    """Collects the attributes of one field. `note` is the id of a line
    elsewhere that says what is wrong with it."""
    hint = hint or str(bound.help_text)
    look = FieldLook(
        bound, hint, {**_known(bound), **(_digits(digits) if _is_digits(bound) else {}), **extra}
    )
    described = [note, look.wrong_id if bound.errors else "", look.hint_id if hint else ""]
    if any(described):
        look.attrs["aria-describedby"] = " ".join(filter(None, described))
    if wrong or bound.errors:
        look.attrs["aria-invalid"] = "true"
    if focus:
        look.attrs["autofocus"] = True
    return look


def _known(bound: BoundField) -> Attrs:
    """The usual attributes of a name; what the form's own widget says wins."""
    own = bound.field.widget.attrs
    return {name: value for name, value in _KNOWN.get(bound.name, {}).items() if name not in own}


def _is_digits(bound: BoundField) -> bool:
    """By its name, unless the form says that it takes letters."""
    return bound.name in _DIGITS and bound.field.widget.attrs.get("inputmode") != "text"


def _digits(count: int) -> Attrs:
    """A dash for each digit. One more character may be typed: mails group six digits in two."""
    return {"class": "digits", "placeholder": _DASH * count, "maxlength": str(count + 1)}


def wrong_fields(form: BaseForm) -> list[BoundField]:
    """The fields with errors, in the order of the page."""
    return [bound for bound in form.visible_fields() if bound.errors]


def gets_focus(bound: BoundField) -> bool:
    """The first wrong field, else the first one. None while only the form as a whole is wrong: then
    the note above has it."""
    form = bound.form
    wrong = wrong_fields(form)
    if not wrong and form.is_bound and form.non_field_errors():
        return False
    first = wrong or form.visible_fields()
    return bool(first) and first[0].name == bound.name
