"""The authenticator's shell: what the server hands to every browser, and that its parts fit each
other.
"""

import json
import re
import struct
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import Settings

from authenticator import service_worker
from authenticator.views import pwa
from authenticator.words import WORDS, words_of
from mfaproject import middleware
from mfaproject.firebase import Firebase

STATIC = Path(__file__).resolve().parents[2] / "static" / "authenticator"
MODULES = sorted(path for path in STATIC.rglob("*.js") if path.parent.name != "vendor")
ROOT = STATIC.parents[1]
PAGES = {
    "shell": "/authenticator/",
    "pair": "/authenticator/pair/",
    "offline": "/authenticator/offline/",
}
EVERYTHING = [*PAGES.values(), "/authenticator/manifest.webmanifest", "/authenticator/sw.js"]


def get(path: str, language: str = "en") -> HttpResponse:
    """The view alone: what middleware adds is tested where it is made."""
    view = {
        **{PAGES[name]: getattr(pwa, name) for name in PAGES},
        EVERYTHING[3]: pwa.manifest,
        EVERYTHING[4]: pwa.worker,
    }[path]
    response: HttpResponse = view(RequestFactory().get(path, HTTP_ACCEPT_LANGUAGE=language))
    return response


def text(path: str) -> str:
    return get(path).content.decode()


class Page(HTMLParser):
    """The start tags of a page, templates included."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, attribute: str) -> set[str]:
        return {str(attrs[attribute]) for _, attrs in self.tags if attribute in attrs}


# Pages


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_is_asked_for_again_and_leaves_no_cookie(path: str) -> None:
    response = get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-cache"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", EVERYTHING)
def test_they_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_cookie_changes_nothing(client: Client) -> None:
    before = client.get(PAGES["shell"]).content
    client.cookies["nod_session"] = "A" * 43
    answer = client.get(PAGES["shell"])
    assert answer.content == before
    assert not answer.cookies


@pytest.mark.parametrize("path", PAGES.values())
def test_no_script_or_style_stands_in_the_page(path: str) -> None:
    page = Page(text(path))
    for tag, attrs in page.tags:
        assert tag != "style"
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]
        if tag == "script":
            assert attrs.get("type") == "module"
            assert str(attrs.get("src")).startswith("/static/authenticator/")


@pytest.mark.parametrize("path", [PAGES["shell"], PAGES["pair"]])
def test_without_javascript_a_sentence_says_so(path: str) -> None:
    inside = re.search(r"<noscript>(.*?)</noscript>", text(path), re.DOTALL)
    assert inside
    assert "The authenticator needs JavaScript" in inside.group(1)


def test_the_page_knows_where_it_belongs(settings: Settings) -> None:
    settings.AUTHENTICATOR_ORIGIN = "https://auth.example.org"
    main = next(attrs for tag, attrs in Page(text(PAGES["shell"])).tags if tag == "main")
    assert main["data-origin"] == "https://auth.example.org"


def test_page_and_worker_are_told_how_long_to_wait_and_ask_for_nothing_else(
    settings: Settings,
) -> None:
    settings.AUTHENTICATOR_PATIENCE = {
        name: number for number, name in enumerate(settings.AUTHENTICATOR_PATIENCE, 1)
    }
    for path in (PAGES["shell"], PAGES["pair"]):
        main = next(attrs for tag, attrs in Page(text(path)).tags if tag == "main")
        assert json.loads(str(main["data-patience"])) == settings.AUTHENTICATOR_PATIENCE
    assert facts_of(text("/authenticator/sw.js"))["patience"] == settings.AUTHENTICATOR_PATIENCE
    asked = {
        name for module in MODULES for name in re.findall(r"\btimeouts\.(\w+)", module.read_text())
    }
    assert asked - {"js"} == settings.AUTHENTICATOR_PATIENCE.keys()


# Manifest and icons


def test_the_manifest_makes_it_an_app_of_its_own(settings: Settings) -> None:
    settings.APP_NAME = "Example Intranet"
    facts: dict[str, Any] = json.loads(text("/authenticator/manifest.webmanifest"))
    assert get("/authenticator/manifest.webmanifest")["Content-Type"] == "application/manifest+json"
    assert [facts[name] for name in ("id", "scope", "start_url", "display")] == [
        "/authenticator/"
    ] * 3 + ["standalone"]
    assert facts["name"] == "Example Intranet authenticator"
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}


def size_of(name: str) -> tuple[int, int]:
    raw = (STATIC / "icons" / name).read_bytes()
    assert raw.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", raw[16:24])
    return width, height


def test_each_icon_is_as_large_as_it_says() -> None:
    for icon in json.loads(text("/authenticator/manifest.webmanifest"))["icons"]:
        side = int(icon["sizes"].split("x")[0])
        assert size_of(Path(icon["src"]).name) == (side, side)
    assert size_of("apple-touch-180.png") == (180, 180)
    assert size_of("badge-96.png") == (96, 96)


# The service worker


def facts_of(script: str) -> dict[str, Any]:
    first = script.partition("\n")[0]
    facts: dict[str, Any] = json.loads(first.removeprefix("const nod = ").removesuffix(";"))
    return facts


def test_the_worker_may_speak_for_the_authenticator() -> None:
    response = get("/authenticator/sw.js")
    assert response["Service-Worker-Allowed"] == "/authenticator/"
    assert response["Content-Type"].startswith("text/javascript")


def test_the_worker_is_one_classic_script() -> None:
    script = text("/authenticator/sw.js")
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert "importScripts(" not in script
    names = re.findall(
        r"^(?:const|let|class|(?:async )?function) ([A-Za-z_]+)", script, re.MULTILINE
    )
    assert sorted(set(names)) == sorted(names), "two parts use one name"


def test_all_that_is_kept_for_a_day_without_connection_exists() -> None:
    shell = facts_of(text("/authenticator/sw.js"))["shell"]
    assert len(shell) == len(set(shell))
    for path in shell:
        assert path in PAGES.values() or finders.find(path.removeprefix("/static/")), path


def test_whatever_a_kept_page_loads_is_kept() -> None:
    shell = set(facts_of(text("/authenticator/sw.js"))["shell"])
    page = Page(text(PAGES["shell"]))
    loaded = {str(attrs["src"]) for tag, attrs in page.tags if tag == "script"}
    loaded |= {
        str(attrs["href"])
        for tag, attrs in page.tags
        if tag == "link" and attrs.get("rel") in ("stylesheet", "icon")
    }
    names = {path.relative_to(STATIC) for path in MODULES if path.parent.name != "sw"}
    assert loaded | {f"/static/authenticator/{name}" for name in names} <= shell


LAYERS = ("protocol", "questions", "push", "screens", "sw", "authenticator")
"""The folders of the authenticator's modules: each knows itself and those before it."""


def test_the_arrows_of_imports_point_one_way() -> None:
    order = service_worker._in_order(*service_worker.ENTRIES, service_worker.WORKER)
    assert {STATIC.parent / name for name in order} == {*MODULES}, "a module that nothing imports"
    for place, name in enumerate(order):
        assert {*service_worker._imported(name)} <= {*order[:place]}, f"{name} is part of a circle"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_the_arrows_between_folders_point_one_way(module: Path) -> None:
    imports = re.compile(r'^(?:import|.*@import)\s[^;]+?\sfrom "([^"]+)"', re.MULTILINE)
    known = imports.findall(module.read_text())
    layers = {LAYERS.index((module.parent / path).resolve().parent.name) for path in known}
    assert max(layers, default=0) <= LAYERS.index(module.parent.name)
    assert module.parent.name != "sw" or LAYERS.index("screens") not in layers


def test_in_the_worker_each_module_stands_after_what_it_imports() -> None:
    script = text("/authenticator/sw.js")
    parts = service_worker._in_order(service_worker.WORKER)
    assert {path for path in MODULES if path.parent.name == "sw"} <= {
        STATIC.parent / name for name in parts
    }
    begins = [script.index(opening((STATIC.parent / part).read_text())) for part in parts]
    assert begins == sorted(begins)
    for place, part in enumerate(parts):
        assert {*service_worker._imported(part)} <= {*parts[:place]}, part


def opening(source: str) -> str:
    """The comment that a module begins with."""
    return source[: source.index("*/")]


def test_another_file_makes_another_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = service_worker.version()
    service_worker.version.cache_clear()
    for name in ("css", "authenticator"):
        (tmp_path / name).symlink_to(STATIC.parent / name)
    (tmp_path / "icon.svg").write_text("<svg/>")
    monkeypatch.setattr(service_worker, "_folder", lambda: tmp_path)
    after = service_worker.version()
    service_worker.version.cache_clear()
    assert after != before


def test_the_push_key_is_a_point_that_browsers_take() -> None:
    assert re.fullmatch(r"B[A-Za-z0-9_-]{86}", service_worker.push_key())


# Words, templates and modules fit each other


def test_both_screens_know_the_same_words() -> None:
    listed = re.search(r"`([a-z\s]+)`", (STATIC / "protocol" / "words.js").read_text())
    assert listed
    assert tuple(listed.group(1).split()) == WORDS
    assert words_of("A" * 43) == (WORDS[0], WORDS[0])


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_are_small_and_typed_and_write_no_html(module: Path) -> None:
    source = module.read_text()
    assert source.startswith("// @ts-check\n")
    assert len(source.splitlines()) < 200
    assert max(len(line) for line in source.splitlines()) <= 100
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.(write|cookie)", source)
    assert not re.search(r"\beval\b|new Function|localStorage", source)


def used(pattern: str, entry: str) -> set[str]:
    """What the modules of a page ask of its templates: this one, and all that it imports."""
    modules = service_worker._in_order(f"authenticator/{entry}")
    return {
        name
        for module in modules
        for name in re.findall(pattern, (STATIC.parent / module).read_text())
    }


@pytest.mark.parametrize(("page", "entry"), [("shell", "app.js"), ("pair", "pairing.js")])
@pytest.mark.parametrize(
    ("pattern", "attribute"),
    [
        (r'\b(?:copy|row)\("([\w-]+)"', "id"),
        (r'\bpart\(\w+, "([\w-]+)"\)', "data-part"),
        (r'\bon\(\w+, "([\w-]+)"', "data-do"),
        (r'\bword\("([\w-]+)"', "data-word"),
    ],
)
def test_what_a_script_looks_for_is_on_its_page(
    page: str, entry: str, pattern: str, attribute: str
) -> None:
    assert used(pattern, entry) - Page(text(PAGES[page])).all(attribute) == set()


def named(file: str, pattern: str) -> set[str]:
    """The words of a type."""
    found = re.search(pattern, (STATIC / file).read_text())
    assert found
    return set(re.findall(r'"([\w-]+)"', found.group(1)))


REACH = named("push/notifications.js", r"@typedef \{([^}]+)\} State") - {"on"}
REACH |= named("push/push_status.js", r"@typedef \{([^}]+)\}\s+\*\s+PushStatus")


@pytest.mark.parametrize(
    ("outcomes", "prefix"),
    [
        (named("questions/answers.js", r"@typedef \{([^}]+)\}\s+\*\s+Result"), "result-"),
        (named("obstacles.js", r"Promise<([^>]+)>"), "obstacle-"),
        (named("push/push_test.js", r"@typedef \{([^}]+)\} End"), "trial-"),
        (REACH, "verdict-"),
        (REACH - {"refused", "gone", "stopped"}, "row-push-"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_outcome_has_a_screen(outcomes: set[str], prefix: str) -> None:
    assert {prefix + outcome for outcome in outcomes} <= Page(text(PAGES["shell"])).all("id")


# Notifications


def test_the_worker_has_the_words_that_the_page_leaves() -> None:
    names = {
        name.removeprefix("push-")
        for name in Page(text(PAGES["shell"])).all("data-word")
        if name.startswith("push-")
    }
    assert names == facts_of(text("/authenticator/sw.js"))["words"].keys()


def test_the_worker_speaks_the_language_of_whoever_fetched_it() -> None:
    english = facts_of(text("/authenticator/sw.js"))["words"]
    with translation.override("fr"):
        french = facts_of(text("/authenticator/sw.js"))["words"]
    assert english["deny"] == "Deny"
    assert {name for name, word in english.items() if french[name] == word} == set()


def test_each_end_of_a_denial_has_its_words() -> None:
    words = facts_of(text("/authenticator/sw.js"))["words"]
    ends = {
        *re.findall(r'"(\w+)-"', (STATIC / "sw" / "deny.js").read_text()),
        "away",
        "stuck",
        "clock",
        "echo",
    }
    assert {f"{end}-{part}" for end in ends for part in ("title", "body")} <= words.keys()


def test_each_reason_of_a_failure_has_its_words() -> None:
    reasons = {
        "no_address",
        "unproven",
        "gone",
        "bad_address",
        "too_large",
        "rejected",
        "busy",
        "unavailable",
        "timeout",
        "credential",
        "other",
    }
    assert {f"reason-{one}" for one in reasons} <= Page(text(PAGES["shell"])).all("data-word")


# Firebase


def test_without_firebase_no_page_speaks_of_it() -> None:
    main = next(attrs for tag, attrs in Page(text(PAGES["shell"])).tags if tag == "main")
    assert not {name for name in main if name.startswith("data-fcm")}
    assert "googleapis" not in middleware.policy("/authenticator/")


@pytest.mark.parametrize("path", [PAGES["shell"], PAGES["pair"]])
def test_with_firebase_the_page_has_what_its_sdk_needs_and_may_call_it(
    settings: Settings, path: str
) -> None:
    settings.FCM = Firebase(
        {"private_key": "secret"}, {"apiKey": 'a"<b>', "projectId": "p"}, "B" * 87
    )
    main = next(attrs for tag, attrs in Page(text(path)).tags if tag == "main")
    assert json.loads(str(main["data-fcm-config"])) == {"apiKey": 'a"<b>', "projectId": "p"}
    assert main["data-fcm-key"] == "B" * 87
    assert "secret" not in text(path)
    calls = (
        "connect-src 'self' https://firebaseinstallations.googleapis.com"
        " https://fcmregistrations.googleapis.com;"
    )
    assert calls in middleware.policy(path)
    assert calls not in middleware.policy("/login/")


def test_what_npm_brings_is_locked_and_names_no_registry() -> None:
    package, lock = (
        json.loads((ROOT / name).read_text()) for name in ("package.json", "package-lock.json")
    )
    assert all(
        re.fullmatch(r"\d+\.\d+\.\d+", version)
        for version in {**package["dependencies"], **package["devDependencies"]}.values()
    )
    assert all(
        "integrity" in facts and "resolved" not in facts
        for name, facts in lock["packages"].items()
        if name
    )


def test_the_three_answers_have_their_names() -> None:
    prompt = re.search(
        r'<template id="screen-prompt">(.*?)</template>', text(PAGES["shell"]), re.DOTALL
    )
    assert prompt
    buttons = dict(
        re.findall(
            r'<button class="[^"]+" name="decision"\s+value="(\w+)"[^>]*>([^<]+)</button>',
            prompt.group(1),
        )
    )
    assert buttons == {"approve": "Approve", "deny": "Deny", "not_me": "It was not me"}
    assert 'name="number"' in prompt.group(1)
