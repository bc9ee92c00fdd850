"""Moments as people say them. Every sentence is whole, so that it can be translated."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

_MINUTE, _HOUR, _DAYS_WITH_A_NAME = 60, 3600, 7


def ago(value: datetime, now: datetime) -> str:
    """How long ago `value` was: just now, 2 minutes ago, today at 09:10, yesterday at 09:10,
    Tuesday at 03:41, on 3 May, on 3 May 2024."""
    seconds = (now - value).total_seconds()
    if seconds < _MINUTE:  # the future too: two clocks never agree
        return _("just now")
    if seconds < _HOUR:
        minutes = int(seconds // _MINUTE)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    return _on_the_calendar(timezone.localtime(value), timezone.localtime(now))


def _on_the_calendar(value: datetime, now: datetime) -> str:
    days = (now.date() - value.date()).days
    if days < _DAYS_WITH_A_NAME:
        sentence = words()[("today", "yesterday")[days] if days < 2 else "weekday"]
        return sentence % {
            "day": date_format(value, "l"),
            "time": date_format(value, pgettext("time of day: 09:10", "H:i")),
        }
    shape = (
        pgettext("date: 3 May", "j F")
        if value.year == now.year
        else pgettext("date: 3 May 2024", "j F Y")
    )
    return words()["date"] % {"date": date_format(value, shape)}


def exact(value: datetime) -> str:
    """Date and time with its zone: 21 November 2026, 22:02 UTC."""
    return date_format(
        timezone.localtime(value),
        pgettext("date and time: 21 November 2026, 22:02 UTC", "j F Y, H:i T"),
    )


def seconds_left(seconds: int) -> str:
    """What a countdown says: calm while there is time, exact in the last minute."""
    if seconds > _MINUTE:
        minutes = minutes_left(seconds)
        return ngettext("Less than %(n)d minute left", "Less than %(n)d minutes left", minutes) % {
            "n": minutes
        }
    return ngettext("%(n)d second left", "%(n)d seconds left", seconds) % {"n": seconds}


def span(seconds: int) -> str:
    """How long a wait is, rounded up: 40 seconds, 8 minutes, 20 hours."""
    if seconds <= _MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds <= 2 * _HOUR:
        minutes = minutes_left(seconds)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = -(-seconds // _HOUR)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def minutes_left(seconds: float) -> int:
    """Begun minutes, at least 1."""
    return max(1, -int(-seconds // _MINUTE))


def words() -> dict[str, str]:
    """The sentences with a clock or calendar in them: browsers say them again in their own time
    zone, which we do not know."""
    return {
        "today": _("today at %(time)s"),
        "yesterday": _("yesterday at %(time)s"),
        "weekday": _("%(day)s at %(time)s"),
        "date": _("on %(date)s"),
    }
