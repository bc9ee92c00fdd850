"""The words and numbers of the page of a backtest."""

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from risk.backtest.suggest import Suggestion

NAMES: Mapping[str, Promise] = {
    "all": gettext_lazy("all"),
    "settled": gettext_lazy("people with 12 sign-ins or more"),
    "known": gettext_lazy("on known browsers"),
    "unknown": gettext_lazy("on other browsers"),
    "staff": gettext_lazy("of staff"),
    "naive": gettext_lazy("naive"),
    "vpn": gettext_lazy("same country"),
    "targeted": gettext_lazy("targeted"),
    "thief": gettext_lazy("cookie thief"),
}
WHY: Mapping[str, Promise] = {
    "score": gettext_lazy("the score"),
    "changed": gettext_lazy("a known browser that says it is another one"),
    "first": gettext_lazy("the first sign-in"),
    "unknown": gettext_lazy("a browser that the account does not know"),
    "held": gettext_lazy("a source that somebody called false"),
    "staff": gettext_lazy("staff: always"),
    "refused": gettext_lazy("a source that is refused"),
}
PICTURE: Mapping[str, Promise] = {
    "challenge": gettext_lazy("Asked for more proof"),
    "strict": gettext_lazy("Asked for a strong factor"),
    "good_challenge": gettext_lazy("good sign-ins on known browsers"),
    "good_strict": gettext_lazy("good sign-ins"),
    "attackers": gettext_lazy("attackers"),
    "now": gettext_lazy("now"),
    "draft": gettext_lazy("draft"),
}


def percent(part: int, whole: int) -> str:
    return f"{number_format(100 * part / whole, 1)}\N{NO-BREAK SPACE}%" if whole else "–"


def change(now: int, draft: int, total: int) -> str:
    return f"{percent(now, total)} → {percent(draft, total)}" if total else "–"


def suggestion(told: Suggestion) -> str:
    numbers = {
        "wanted": plain(told.wanted),
        "good": plain(told.good),
        "threshold": told.threshold or 0,
        "kind": NAMES.get(told.of, told.of),
    }
    stopped = {"stopped": plain(told.stopped)} if told.stopped is not None else {}
    return str(_SENTENCES[told.mark, _form_of(told)]) % (numbers | stopped)


def _form_of(told: Suggestion) -> str:
    whom = told.of if told.of in ("all", "known") else "kind"
    return f"{whom}{'' if told.threshold else ' never'}"


def plain(share: float | None) -> str:
    return f"{number_format(100 * (share or 0), 1)}\N{NO-BREAK SPACE}%"


_SENTENCES: Mapping[tuple[str, str], Promise] = {
    ("challenge", "all"): gettext_lazy(
        "At most %(wanted)s of the good sign-ins are asked from %(threshold)d points on: %(good)s."
    ),
    ("challenge", "all never"): gettext_lazy(
        "No threshold keeps to %(wanted)s of the good sign-ins: the rules alone ask %(good)s."
    ),
    ("challenge", "known"): gettext_lazy(
        "At most %(wanted)s of those on known browsers are asked from %(threshold)d points on:"
        " %(good)s."
    ),
    ("challenge", "known never"): gettext_lazy(
        "No threshold keeps to %(wanted)s on known browsers: the rules alone ask %(good)s."
    ),
    ("challenge", "kind"): gettext_lazy(
        "At least %(wanted)s of the attackers (%(kind)s) are asked from %(threshold)d points on,"
        " and %(good)s of all good sign-ins."
    ),
    ("challenge", "kind never"): gettext_lazy(
        "No threshold asks %(wanted)s of the attackers (%(kind)s): %(stopped)s is the most."
    ),
    ("strict", "all"): gettext_lazy(
        "At most %(wanted)s of the good sign-ins need a strong factor from %(threshold)d points on:"
        " %(good)s."
    ),
    ("strict", "all never"): gettext_lazy(
        "No threshold keeps strong factors to %(wanted)s of the good sign-ins: the rules alone make"
        " it %(good)s."
    ),
    ("strict", "kind"): gettext_lazy(
        "At least %(wanted)s of the attackers (%(kind)s) need a strong factor from %(threshold)d"
        " points on, and %(good)s of all good sign-ins."
    ),
    ("strict", "kind never"): gettext_lazy(
        "No threshold makes %(wanted)s of the attackers (%(kind)s) need a strong factor:"
        " %(stopped)s is the most."
    ),
}
