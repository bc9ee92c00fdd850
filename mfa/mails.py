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
from django.utils.translation import pgettext

from mfaproject.lib.http import clean

LONGEST_SUBJECT = 150
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's three renderings; a text message has `text` alone."""

    subject: str
    text: str
    html: str


def rendered(template: str, context: Mapping[str, Any], language: str) -> Words:
    """`templates/emails/<template>.{subject.txt,txt,html}` with the context and what every mail knows.

    `at` in the context (whole seconds since 1970) becomes `time` in the person's language. Raises TemplateDoesNotExist for an unknown name.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        values = _everybody() | dict(context) | _spoken(context)
        # One line, whatever a name in it holds: a subject that breaks would write headers.
        subject = clean(render_to_string(f"emails/{template}.subject.txt", values), LONGEST_SUBJECT)
        text = render_to_string(f"emails/{template}.txt", values)
        html = render_to_string(f"emails/{template}.html", values | {"subject": subject})
    return Words(subject, _GAPS.sub("\n\n", text).strip() + "\n", html)


def texted(template: str, context: Mapping[str, Any], language: str) -> Words:
    """A text message: `templates/texts/<template>.txt`, short enough to be one, else the mail's plain version."""
    with translation.override(language or settings.LANGUAGE_CODE):
        text = render_to_string([f"texts/{template}.txt", f"emails/{template}.txt"], _everybody() | dict(context) | _spoken(context))
    return Words("", _GAPS.sub("\n\n", text).strip() + "\n", "")


def absolute(path: str) -> str:
    """A link for a mail, from PUBLIC_ORIGIN: never from what a request called its host."""
    return f"{settings.PUBLIC_ORIGIN}{path}"


def _everybody() -> dict[str, Any]:
    return {"app": settings.APP_NAME, "origin": settings.PUBLIC_ORIGIN, "host": settings.PUBLIC_HOST, "language": translation.get_language()}


def _spoken(context: Mapping[str, Any]) -> dict[str, str]:
    at = context.get("at")
    if not isinstance(at, int):
        return {}
    pattern = pgettext("a moment in a mail, as Django's date filter writes it", "l j F Y, H:i")
    return {"time": date_format(datetime.fromtimestamp(at, tz=UTC), pattern)}
