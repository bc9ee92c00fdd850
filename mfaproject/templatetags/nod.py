"""Tags that every template has without loading them."""

from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mfaproject.lib import clock
from mfaproject.templatetags import _drawings, _error_words, _fields, _times

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline drawing by name; an unknown name is an error."""
    if name not in _drawings.ICONS:
        raise template.TemplateSyntaxError(
            f"There is no icon {name!r}; there are: {', '.join(sorted(_drawings.ICONS))}."
        )
    return _drawings.ICONS[name]


@register.simple_tag
def brand(href: str = "/", after: str = "") -> SafeString:
    """The wordmark as a link home, with a word after it where there is one ("admin")."""
    return _drawings.wordmark(href, _("nod, home"), after)


@register.simple_tag
def went_wrong(status: int, csrf: object = False) -> _error_words.Words:
    """`title` and `words` of an error page: `{% went_wrong status csrf as wrong %}`."""
    return _error_words.of(status, csrf=bool(csrf))


@register.filter
def ago(value: datetime | None) -> str:
    """`2 minutes ago`; nothing for None."""
    return _times.ago(value, clock.now()) if value else ""


@register.simple_tag
def when(value: datetime | None) -> str | SafeString:
    """The same in a `<time>` with the exact moment on hover. `{% when value as spoken %}` puts it
    inside a translated sentence."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        _times.exact(value),
        ago(value),
    )


@register.simple_tag
def moment_words() -> SafeString:
    """Attributes that let static/js/when.js say moments in the reader's own time zone."""
    return format_html_join(" ", 'data-{}="{}"', _times.words().items())


@register.filter
def time_left(seconds: int) -> str:
    """`47 seconds left`, or less than so many minutes."""
    return _times.seconds_left(seconds)


@register.filter
def minutes_until(value: datetime) -> int:
    """Whole minutes until then, at least 1."""
    return _times.minutes_left((value - clock.now()).total_seconds())


@register.filter
def timed(sentence: str, seconds: int) -> str:
    """A sentence with `%(time)s`, which static/js/later.js says again each
    second: `Please wait 8 minutes.`"""
    return sentence.replace("%(time)s", _times.span(seconds))


@register.filter
def all_away(devices: list[Any]) -> bool:
    """Whether there are devices and none of them can be reached (`name`, `state`: asked, seen,
    away; objects or dicts)."""
    states = [device["state"] if isinstance(device, dict) else device.state for device in devices]
    return bool(states) and set(states) == {"away"}


@register.inclusion_tag("parts/field.html")
def field(
    bound: BoundField,
    *,
    hint: str = "",
    digits: int = 6,
    note: str = "",
    wrong: bool = False,
    focus: bool | None = None,
    **attrs: str,
) -> dict[str, Any]:
    """One labelled field with its hint and errors.

    `digits`: dashes shown in a code or number field. `note`: id of a line elsewhere that describes
    it. `wrong`: marked although it has no error of its own. `focus`: instead of the usual rule.
    Other names become attributes: `autocomplete="new-password"`.
    """
    extra: _fields.Attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    focused = _fields.gets_focus(bound) if focus is None else focus
    return {
        "look": _fields.look_at(
            bound, hint=hint, digits=digits, note=note, wrong=wrong, focus=focused, extra=extra
        )
    }


@register.inclusion_tag("parts/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """The line above a form that says what needs another look, with links to the fields. It takes
    the focus where no field is wrong."""
    if not form.is_bound:
        return {}
    wrong = _fields.wrong_fields(form)
    return {
        "whole": form.non_field_errors(),
        "wrong": _named(wrong) if wrong else "",
        "focus": not wrong,
    }


def _named(wrong: list[BoundField]) -> SafeString:
    """`2 things need another look: username and e-mail.`"""
    links: list[str] = [
        format_html('<a href="#{}">{}</a>', bound.id_for_label, _inside(str(bound.label)))
        for bound in wrong
    ]
    # Links are escaped above, the words between are our translators'.
    names = mark_safe(get_text_list(links, _("and")))  # noqa: S308
    sentence = ngettext(
        "One thing needs another look: {names}.",
        "{n} things need another look: {names}.",
        len(links),
    )
    return format_html(sentence, names=names, n=len(links))


def _inside(label: str) -> str:
    """A label in the middle of a sentence: Username → username, but PIN stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
