"""What every page of the login site must have, whatever it says: order, names, weight, contrast, no
inline code.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from accounts.forms import CodeForm, LoginForm, ResetForm, SignupForm
from accounts.services.own_factors import OwnFactors, Row
from accounts.services.wait_page import shown
from mfa import registry
from mfa.results import Way, Ways

TEMPLATES, STATIC = settings.BASE_DIR / "templates", settings.BASE_DIR / "static"
CSS = {path.name: path.read_text() for path in (STATIC / "css").glob("*.css")}
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
LONG_NAME, LONG_DEVICE = (
    "maximiliane-alexandra.von.hohenstein-ber",
    "Samsung Galaxy Z Fold7 Ultra of Maximiliane (work)",
)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ALICE = SimpleNamespace(username="alice", first_word="Alice", is_staff=False)


def ways(*every: Way) -> dict[str, Any]:
    return shown(Ways(every), ends_in=600)


def way(kind: str, **facts: Any) -> Way:
    """One way as it is offered."""
    factor = registry.of(kind)
    where: Any = {"is_elsewhere": factor.is_elsewhere, "is_mailbox": factor.is_mailbox}
    return Way(kind, factor.icon, factor.words, **where, **facts)


MASKED = "a•••e@example.org"
WAYS = ways(way("push"), way("email", hint=MASKED))
LATER = ways(way("push", wait=432), way("email", hint=MASKED, wait=24))
WAIT: dict[str, Any] = {
    "username": LONG_NAME,
    "number": "482913",
    "digits": 6,
    "state": "pending",
    "known": True,
    "ways": WAYS,
    "purpose": "login",
}
WAIT |= {
    "seconds_left": 47,
    "seconds_total": 120,
    "devices": [{"name": LONG_DEVICE, "state": "seen"}, {"name": "iPad", "state": "away"}],
}
LOGIN = {
    "id": 1,
    "browser_label": "Firefox on Linux",
    "place": "",
    "ip": "192.0.2.7",
    "at": NOON,
    "factor": "push",
    "known_browser": True,
}
OUTCOMES = ("admitted", "pending", "denied", "not_me", "expired", "blocked")
LOGINS = [SimpleNamespace(**LOGIN, outcome=outcome, detail="", careful="") for outcome in OUTCOMES]
DEVICES: list[Any] = [SimpleNamespace(id=7, label=LONG_DEVICE, tied_browser="x", added_at=NOON)]
BROWSERS = [
    SimpleNamespace(
        id=1, label="Firefox on Linux", place="", first_seen=NOON, last_used=NOON, this=this
    )
    for this in (True, False)
]
SESSIONS = [
    SimpleNamespace(
        id=f"s{number}", label="Firefox on Linux", place="", since=NOON, this=not number
    )
    for number in range(2)
]
ROW: Any = Row(SimpleNamespace(id=8, label="", added_at=NOON), registry.of("totp"))  # type: ignore[arg-type]
SECURITY: dict[str, Any] = {
    "user": ALICE,
    "recent": LOGINS,
    "own": OwnFactors(DEVICES, [ROW], [], only_mailbox=False),
    "email": "alice@example.org",
    "browsers": BROWSERS,
    "sessions": SESSIONS,
}
CODE = {
    "masked": "a•••e@example.org",
    "purpose": "login",
    "expires_at": NOON + timedelta(minutes=9),
    "resend_seconds": 24,
    "icon": registry.of("email").icon,
    "template": registry.of("email").template,
    "ways": WAYS,
}
PASSWORD = {"form": LoginForm(), "username": "alice", "user": ALICE}
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("accounts/login.html", {"form": LoginForm(), "failed": False}),
    (
        "accounts/login.html",
        {"form": LoginForm({"username": "alice", "password": "x"}), "failed": True},
    ),
    ("accounts/signup.html", {"form": SignupForm()}),
    ("accounts/wait.html", WAIT),
    ("accounts/wait.html", WAIT | {"known": False, "devices": [], "number": "482", "digits": 3}),
    ("accounts/wait.html", WAIT | {"state": "approved"}),
    *[
        ("accounts/wait_over.html", WAIT | {"why": why})
        for why in ("expired", "gone", "superseded", "denied")
    ],
    *[
        ("accounts/wait_over.html", WAIT | {"why": "denied", "reason": reason})
        for reason in ("denied", "not_me", "wrong_number")
    ],
    ("accounts/wait_over.html", {"why": "expired", "known": False}),
    ("accounts/no_way.html", WAIT),
    *[
        ("accounts/no_way.html", WAIT | {"ways": LATER | {"outlasts": outlasts}})
        for outlasts in (True, False)
    ],
    ("accounts/no_way.html", WAIT | {"ways": LATER, "retry_after": 432}),
    ("accounts/no_way.html", WAIT | {"ways": {"spent": True}}),
    ("accounts/no_way.html", WAIT | {"ways": {}}),
    ("accounts/wait.html", WAIT | {"ways": LATER}),
    ("accounts/wait_over.html", WAIT | {"why": "expired", "ways": LATER}),
    ("accounts/remove_factor.html", {"row": ROW}),
    ("accounts/reset_factor.html", {"ways": LATER | {"outlasts": True}}),
    ("accounts/reset_factor.html", {"ways": ways(way("push"))}),
    ("accounts/reset_factor.html", {"ways": ways(way("totp"))}),
    (
        "accounts/login.html",
        {"form": LoginForm({"username": "alice", "password": "x"}), "retry_after": 60},
    ),
    (
        "accounts/code.html",
        CODE
        | {
            "form": CodeForm(),
            "is_sent": True,
            "can_resend": True,
            "kind": "email",
            "ways": LATER,
        },
    ),
    (
        "accounts/code.html",
        CODE | {"form": CodeForm(), "is_sent": True, "can_resend": False, "kind": "email"},
    ),
    ("accounts/code.html", CODE | {"form": CodeForm()}),
    (
        "accounts/code.html",
        CODE | {"form": CodeForm({"code": ""}), "expires_at": None, "resend_seconds": 0},
    ),
    (
        "accounts/home.html",
        {"user": ALICE, "devices": [], "has_device": False, "recent": LOGINS[:1], "first": True},
    ),
    (
        "accounts/home.html",
        {"user": ALICE, "devices": DEVICES, "has_device": True, "recent": LOGINS, "first": False},
    ),
    ("accounts/security.html", SECURITY),
    (
        "accounts/security.html",
        SECURITY
        | {
            "recent": [],
            "own": OwnFactors([], [], [], only_mailbox=True),
            "browsers": [],
            "sessions": SESSIONS[:1],
        },
    ),
    ("accounts/history.html", {"user": ALICE, "page": Paginator(LOGINS * 9, 20).page(2)}),
    ("accounts/history.html", {"user": ALICE, "page": Paginator([], 20).page(1)}),
    *[
        (f"accounts/{name}.html", PASSWORD)
        for name in ("prove", "reset_form", "password_change", "enrol")
    ],
    ("accounts/reset.html", {"form": ResetForm()}),
    (
        "accounts/undo.html",
        {"username": LONG_NAME, "address": "alice@example.org", "at": NOON, "login": LOGINS[0]},
    ),
    (
        "accounts/undo.html",
        {"username": "alice", "address": "alice@example.org", "at": NOON, "login": None},
    ),
    *[
        ("accounts/undo_done.html", {"mine": mine, "address": "alice@example.org"})
        for mine in (True, False)
    ],
    *[
        (f"accounts/{name}.html", {"signed_in": True})
        for name in ("reset_sent", "reset_factor", "reset_done", "link_gone", "logout")
    ],
    ("help.html", {}),
    *[
        ("error.html", {"status": status, "request_id": "abc"})
        for status in (400, 403, 404, 413, 429, 500, 503)
    ],
    ("error.html", {"status": 403, "csrf": True, "request_id": "abc"}),
]
every_page = pytest.mark.parametrize(
    ("template", "context"),
    PAGES,
    ids=[f"{number}-{name}" for number, (name, _context) in enumerate(PAGES)],
)


@dataclass
class Drawn(HTMLParser):
    """A page as a list of tags: name, attributes, and the place of the form around them."""

    html: str
    tags: list[tuple[str, dict[str, str], int]] = field(default_factory=list)
    forms: int = 0
    inside: int = 0
    in_main: bool = False

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_main |= tag == "main"
        if tag == "form" and self.in_main:
            self.forms += 1
            self.inside = self.forms
        self.tags.append((tag, {name: value or "" for name, value in attrs}, self.inside))

    def handle_endtag(self, tag: str) -> None:
        self.inside = 0 if tag == "form" else self.inside
        self.in_main &= tag != "main"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs, _form in self.tags if name == tag]


def draw(template: str, context: dict[str, Any]) -> Drawn:
    return Drawn(render_to_string(template, context, RequestFactory().get("/security/")))


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
)
def test_every_template_compiles(name: str) -> None:
    get_template(name)


@every_page
def test_pages_hold_no_inline_code(template: str, context: dict[str, Any]) -> None:
    for tag, attrs, _form in draw(template, context).tags:
        assert tag != "style"
        assert tag != "script" or attrs.get("src", "").startswith("/static/")
        assert not [name for name in attrs if name == "style" or name.startswith("on")]


@every_page
def test_the_first_submit_button_belongs_to_the_first_form(
    template: str, context: dict[str, Any]
) -> None:
    drawn = draw(template, context)
    submits = [
        form
        for tag, attrs, form in drawn.tags
        if tag == "button" and attrs.get("type") == "submit" and form
    ]
    assert not drawn.forms or submits[0] == 1
    assert all(attrs.get("type") in ("submit", "button") for attrs in drawn.all("button"))


@every_page
def test_names_and_ids_fit_together(template: str, context: dict[str, Any]) -> None:
    drawn = draw(template, context)
    ids = Counter(attrs["id"] for _tag, attrs, _form in drawn.tags if "id" in attrs)
    assert max(ids.values(), default=1) == 1
    meant = [attrs["for"] for attrs in drawn.all("label")]
    for _tag, attrs, _form in drawn.tags:
        meant += attrs.get("aria-describedby", "").split() + attrs.get("aria-controls", "").split()
    assert set(meant) <= set(ids)


@every_page
def test_each_page_says_one_thing(template: str, context: dict[str, Any]) -> None:
    drawn = draw(template, context)
    assert len(drawn.all("h1")) == len(drawn.all("main")) == 1
    assert sum("autofocus" in attrs for _tag, attrs, _form in drawn.tags) <= 1
    assert drawn.all("html")[0]["lang"] == "en"
    assert re.search(r"<title>\s*\S+[^<]* · nod</title>", drawn.html)


@every_page
def test_forms_carry_a_token_and_never_get(template: str, context: dict[str, Any]) -> None:
    drawn = draw(template, context)
    assert all(attrs.get("method") == "post" for attrs in drawn.all("form"))
    assert drawn.html.count("csrfmiddlewaretoken") == len(drawn.all("form"))


@pytest.mark.parametrize(
    ("digits", "number", "spoken"), [(3, "048", "0 4 8"), (6, "048291", "0 4 8 2 9 1")]
)
def test_the_number_stands_in_the_page_as_digits_only(
    digits: int, number: str, spoken: str
) -> None:
    html = draw("accounts/wait.html", WAIT | {"number": number, "digits": digits}).html
    shown = re.search(r"<strong[^>]* data-number[^>]*>(.*?)</strong>", html, re.DOTALL)
    assert shown
    assert re.sub(r"<[^>]+>", "", shown[1]) == number
    assert f"The number is {spoken}." in html
    assert f"<title>{number} · nod</title>" in html


def test_an_unknown_browser_sees_no_device_and_one_sentence_for_every_no() -> None:
    unknown = WAIT | {"known": False, "devices": [], "why": "denied"}
    assert "Type this on your phone" in draw("accounts/wait.html", unknown).html
    pages = [
        draw("accounts/wait_over.html", unknown | {"reason": reason}).html
        for reason in ("", "denied", "not_me", "wrong_number")
    ]
    assert len({re.sub(r'value="\w{64}"', "", page) for page in pages}) == 1


def test_the_amber_begins_fifteen_seconds_before_the_end() -> None:
    assert [
        "is-late" in draw("accounts/wait.html", WAIT | {"seconds_left": left}).html
        for left in (16, 15, 0)
    ] == [False, True, True]


@pytest.mark.parametrize(
    ("template", "context", "scripts"),
    [
        ("login.html", {"form": LoginForm()}, ["form.js", "show.js"]),
        ("wait.html", WAIT, ["form.js", "wait.js", "stream.js", "countdown.js"]),
    ],
)
def test_the_pages_people_wait_for_are_light(
    template: str, context: dict[str, Any], scripts: list[str]
) -> None:
    drawn = draw(f"accounts/{template}", context)
    assert [
        attrs["src"].rpartition("/")[2].split(".")[0] + ".js" for attrs in drawn.all("script")
    ] == scripts
    weight = (
        len(drawn.html.encode())
        + len(CSS["nod.css"].encode())
        + sum(len((STATIC / "js" / name).read_bytes()) for name in scripts)
    )
    assert weight < 60_000 * 0.7


# The stylesheet

PAIRS = [
    *[
        ("ink", ground, 7)
        for ground in ("paper", "card", "field", "yes-wash", "no-wash", "care-wash")
    ],
    *[("ink-soft", ground, 4.5) for ground in ("paper", "card", "field", "yes-wash", "no-wash")],
    *[
        (colour, ground, 4.5)
        for colour in ("yes", "no", "care")
        for ground in ("paper", "card", f"{colour}-wash")
    ],
    *[("on-yes", "yes", 4.5), ("on-yes", "yes-press", 4.5), ("on-no", "no", 4.5)],
    *[("edge", ground, 3) for ground in ("paper", "card", "field")],
    *[("care-bar", "card", 3), ("yes-bar", "card", 3)],
]


def colours(scheme: str) -> dict[str, str]:
    light, _rest, dark = CSS["nod.css"].partition("prefers-color-scheme: dark")
    found = re.findall(
        r"--([\w-]+):\s*(#[0-9a-f]{6})", light if scheme == "light" else light + dark
    )
    return dict(found)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS)
def test_everything_can_be_read_in_both_schemes(
    scheme: str, colour: str, ground: str, least: float
) -> None:
    tokens = colours(scheme)
    darker, lighter = sorted((luminance(tokens[colour]), luminance(tokens[ground])))
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_colours_are_named_once() -> None:
    tokens, rest = CSS["nod.css"].split("/* ---- Ground", 1)
    # a QR code stays black on white
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rest + CSS["admin.css"])) <= {"#fff"}
    defined = set(re.findall(r"--([\w-]+):", tokens + CSS["admin.css"]))
    assert set(re.findall(r"var\(--([\w-]+)\)", rest + CSS["admin.css"])) <= defined


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_lines_of_a_stylesheet_can_be_read_at_once(path: Any) -> None:
    assert [line for line in path.read_text().splitlines() if len(line) > 100] == []


def test_movement_stops_for_those_who_ask() -> None:
    assert re.search(
        r"prefers-reduced-motion: reduce\) \{[^}]*animation: none !important; transition: none"
        r" !important",
        CSS["nod.css"],
    )


def test_no_rule_is_left_without_a_page() -> None:
    sources = [
        *TEMPLATES.rglob("*.html"),
        *STATIC.rglob("*.js"),
        *settings.BASE_DIR.glob("*/admin*.py"),
        *settings.BASE_DIR.glob("*/admin/*.py"),
    ]
    sources += (settings.BASE_DIR / "mfaproject" / "templatetags").glob("*.py")
    words = set(re.findall(r"[\w-]+", " ".join(path.read_text() for path in sources)))
    words |= {"is-asked", "is-seen", "is-away"}  # put together from a device's state
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", CSS["nod.css"], flags=re.DOTALL)
    assert set(re.findall(r"\.([a-z][\w-]*)", rules)) - words == set()


# The scripts


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_checked_and_write_no_html(path: Any) -> None:
    source = path.read_text()
    assert source.startswith("// @ts-check\n")
    assert source.count("\n") < 150
    assert max(len(line) for line in source.splitlines()) <= 100
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new"
        r" Function|\.style\b|DOMParser",
        source,
    )
    # hashed file names: a module's own imports would miss them
    assert not re.search(r"^import ", source, re.MULTILINE)
