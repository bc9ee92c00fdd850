"""Putting a message into words: at delivery, in the language of the person it goes to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from mfa import change_words, registry
from mfaproject.lib.http import clean
from mfaproject.lib.wording import holds_link

LONGEST_SUBJECT = 150
CHOSEN = ("name", "item", "device", "browser", "os")
"""What somebody chose: a person's name, a device's, and what a program says of itself."""
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's three renderings; a text message has `text` alone."""

    subject: str
    text: str
    html: str


def rendered(template: str, context: Mapping[str, Any], language: str) -> Words:
    """`templates/emails/<template>.{subject.txt,txt,html}` with the context and what every mail
    knows.

    `at` in the context (whole seconds since 1970) becomes `time` in the person's language. Raises
    TemplateDoesNotExist for an unknown name.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        values = _values(context)
        # One line, whatever a name in it holds: a subject that breaks would write headers.
        subject = clean(render_to_string(f"emails/{template}.subject.txt", values), LONGEST_SUBJECT)
        text = render_to_string(f"emails/{template}.txt", values)
        html = render_to_string(f"emails/{template}.html", values | {"subject": subject})
    return Words(subject, _GAPS.sub("\n\n", text).strip() + "\n", html)


def texted(template: str, context: Mapping[str, Any], language: str) -> Words:
    """A text message: `templates/texts/<template>.txt`, short enough to be one,
    else the mail's plain version."""
    with translation.override(language or settings.LANGUAGE_CODE):
        text = render_to_string(
            [f"texts/{template}.txt", f"emails/{template}.txt"], _values(context)
        )
    return Words("", _GAPS.sub("\n\n", text).strip() + "\n", "")


def absolute(path: str) -> str:
    """A link for a mail, from PUBLIC_ORIGIN: never from what a request called its host."""
    return f"{settings.PUBLIC_ORIGIN}{path}"


def _values(context: Mapping[str, Any]) -> dict[str, Any]:
    values = _everybody() | dict(context) | _without_links(context) | _spoken(context)
    return values | _proof(values) | _change(values)


def _proof(values: Mapping[str, Any]) -> dict[str, str]:
    """How a sign-in was proved, as a row of a table and as a line."""
    words = registry.of(values.get("factor", "")).words
    label, value, line = words.row(values.get("device", ""))
    return {"proof_label": label, "proof_value": value, "proof_line": line}


def _change(values: Mapping[str, Any]) -> dict[str, str]:
    heading, sentence = change_words.told(values.get("change", ""), values.get("item", ""))
    return {"change_heading": heading, "change_sentence": sentence}


def _without_links(context: Mapping[str, Any]) -> dict[str, str]:
    """Our mails carry no links of others: who has such a name is greeted without it.

    A masked address stays: it is what the mail is about, and was put together by us.
    """
    held = [
        key
        for key in CHOSEN
        if holds_link(str(context.get(key, ""))) and not _is_address(key, context)
    ]
    return {
        key: gettext("(a name that holds a link)") if key in ("item", "device") else ""
        for key in held
    }


def _is_address(key: str, context: Mapping[str, Any]) -> bool:
    """Codes went to the "device"; the "item" changed, and is an address where
    nothing else is said."""
    if key == "item" and "change" not in context:
        return True
    about = {"item": context.get("change", ""), "device": context.get("factor", "")}.get(key, "")
    return registry.of(str(about).partition("_")[0]).address != ""


def _everybody() -> dict[str, Any]:
    return {
        "app": settings.APP_NAME,
        "origin": settings.PUBLIC_ORIGIN,
        "host": settings.PUBLIC_HOST,
        "language": translation.get_language(),
    }


def _spoken(context: Mapping[str, Any]) -> dict[str, str]:
    at = context.get("at")
    if not isinstance(at, int):
        return {}
    pattern = pgettext("a moment in a mail, as Django's date filter writes it", "l j F Y, H:i")
    return {"time": date_format(datetime.fromtimestamp(at, tz=UTC), pattern)}
