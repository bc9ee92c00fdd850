"""What the mails say."""

from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.template import TemplateDoesNotExist

from mfa import mails

# 28 November 2026, 21:22 UTC
WHERE = {
    "browser": "Firefox on Linux",
    "place": "Lyon, France",
    "ip": "192.0.2.44",
    "at": 1_795_900_920,
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "code": {**WHERE, "code": "482913"},
    "signup_code": {**WHERE, "code": "482913"},
    "address_code": {**WHERE, "name": "Alice", "code": "482913"},
    "address_in_use": WHERE,
    "new_sign_in": {
        **WHERE,
        "name": "Alice",
        "factor": "push",
        "device": "Pixel 8",
        "disavow_url": "http://localhost:8000/link/disavow/t/",
    },
    "factor_changed": {
        **WHERE,
        "name": "Alice",
        "change": "device_added",
        "item": "Pixel 8",
        "security_url": "http://localhost:8000/security/",
    },
    "address_changed": {
        **WHERE,
        "name": "Alice",
        "item": "b•••@example.net",
        "days": 7,
        "undo_url": "http://localhost:8000/link/undo/t/",
    },
    "password_changed": {**WHERE, "name": "Alice", "reset_url": "http://localhost:8000/reset/"},
    "not_me": {
        **WHERE,
        "name": "Alice",
        "os": "Linux",
        "device": "Pixel 8",
        "minutes": 30,
        "change_url": "http://localhost:8000/reset/",
    },
    "reset_link": {"name": "Alice", "reset_url": "http://localhost:8000/link/reset/t/"},
    "unfinished_step_up": {**WHERE, "name": "Alice", "change_url": "http://localhost:8000/reset/"},
    "factor_off": {
        "name": "Alice",
        "at": WHERE["at"],
        "kind": "email",
        "security_url": "http://localhost:8000/security/",
    },
    "password_out": {
        "name": "Alice",
        "at": WHERE["at"],
        "change_url": "http://localhost:8000/reset/",
    },
}
EVERY = sorted(CONTEXTS)


class Links(HTMLParser):
    """Collects where the links of a mail lead, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def made(template: str, **changes: Any) -> mails.Words:
    return mails.rendered(template, CONTEXTS[template] | changes, "en")


def test_every_mail_there_is_is_looked_at_here() -> None:
    folder = Path(site.BASE_DIR) / "templates" / "emails"
    assert (
        sorted(path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt"))
        == EVERY
    )
    assert sorted(path.stem for path in folder.glob("*.html") if path.stem != "base") == EVERY


@pytest.mark.parametrize("template", EVERY)
def test_a_mail_has_a_subject_a_text_and_a_page(template: str) -> None:
    words = made(template)
    assert words.subject
    assert "\n" not in words.subject
    assert "<" not in words.text
    assert "\n\n\n" not in words.text
    assert f"<title>{words.subject}</title>" in unescape(words.html)
    for unfilled in ("{{", "{%", "None"):
        assert unfilled not in words.subject + words.text + words.html


@pytest.mark.parametrize("template", EVERY)
def test_links_lead_to_us_and_nothing_is_loaded_from_anywhere(template: str) -> None:
    page = Links(made(template).html)
    assert all(link.startswith("http://localhost:8000/") for link in page.links)
    assert not {"img", "script", "link", "iframe", "form"} & set(page.tags)


@pytest.mark.parametrize("template", EVERY)
def test_both_versions_have_the_same_links(template: str) -> None:
    words = made(template)
    for link in set(Links(words.html).links):
        assert link in words.text


@pytest.mark.parametrize(
    "template", sorted(set(EVERY) - {"reset_link", "factor_off", "password_out"})
)
def test_it_says_where_and_when(template: str) -> None:
    words = made(template)
    for fact in ("Firefox on Linux", "Lyon, France", "192.0.2.44", "28 November 2026, 21:22"):
        assert fact in words.text or template == "not_me"
        assert fact in words.html or template == "not_me"


@pytest.mark.parametrize("template", ["code", "signup_code"])
def test_a_code_is_in_the_mail_and_never_in_the_subject_or_preview(template: str) -> None:
    words = made(template)
    assert "482913" not in words.subject
    assert words.html.count("482913") == words.text.count("482913") == 1


@pytest.mark.parametrize("template", ["code", "signup_code", "address_in_use"])
def test_who_typed_an_address_cannot_write_to_its_owner(template: str) -> None:
    words = made(template, name="http://evil.example/")
    assert "evil" not in words.subject + words.text + words.html


@pytest.mark.parametrize("template", EVERY)
def test_what_others_typed_is_text_in_the_page_and_itself_in_the_text(template: str) -> None:
    nasty = "<b>&\"'</b>"
    used = {
        name: nasty
        for name in ("browser", "place", "device", "item", "name")
        if name in CONTEXTS[template]
    }
    words = made(template, **used)
    assert "<b>" not in words.html
    assert "&lt;" not in words.text
    assert "&#x27;" not in words.subject + words.text


def test_a_subject_is_one_short_line() -> None:
    words = made("new_sign_in", browser="Fire\r\nBcc: mallory\u2028fox" + "x" * 500)
    assert words.subject.startswith("New sign-in from Fire Bcc: mallory fox")
    assert len(words.subject) == mails.LONGEST_SUBJECT


def test_a_new_sign_in_says_so_in_its_subject() -> None:
    assert made("new_sign_in").subject == "New sign-in from Firefox on Linux, Lyon, France"
    assert made("new_sign_in", place="").subject == "New sign-in from Firefox on Linux"


@pytest.mark.parametrize(
    ("factor", "device", "says"),
    [
        ("push", "Pixel 8", "Approved on: Pixel 8"),
        ("email", "a•••e@example.org", "Code sent to: a•••e@example.org"),
    ],
)
def test_a_new_sign_in_says_how_it_was_proved(factor: str, device: str, says: str) -> None:
    assert says in made("new_sign_in", factor=factor, device=device).text


def test_a_careful_note_is_said_where_there_is_one() -> None:
    words = made("new_sign_in", careful="new browser, and a network you have not used before.")
    for version in (words.text, words.html):
        assert "We were careful: new browser, and a network you have not used before." in version
    assert "careful" not in made("new_sign_in").text


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ("device_added", "An authenticator was added"),
        ("device_removed", "An authenticator was removed"),
        ("device_renamed", "An authenticator was renamed"),
        ("browser_copied", "A browser that you trust may have been copied"),
        ("browser_forgotten", "A trusted browser was forgotten"),
        ("admin_flags", "An administrator changed something about your account"),
        ("admin_signed_out", "An administrator changed something about your account"),
        ("admin_sent_reset", "An administrator changed something about your account"),
        ("admin_device", "An administrator changed something about your account"),
        ("admin_browser", "An administrator changed something about your account"),
        ("address_back", "Your account has its old address back"),
        ("totp_added", "An app that shows codes was added"),
        ("totp_removed", "The app that shows codes was removed"),
        ("recovery_added", "New recovery codes were made"),
        ("recovery_removed", "The recovery codes were removed"),
        ("sms_added", "The number for codes by text message was changed"),
        ("sms_removed", "The number for codes by text message was changed"),
        ("email_added", "The address for codes by e-mail was changed"),
        ("email_removed", "The address for codes by e-mail was changed"),
        ("something_new", "How you sign in was changed"),
    ],
)
def test_each_change_has_its_sentence(change: str, subject: str) -> None:
    assert made("factor_changed", change=change).subject == subject


@pytest.mark.parametrize("kind", ["totp", "recovery", "sms", "email"])
def test_each_kind_that_can_be_added_or_removed_has_sentences_of_its_own(kind: str) -> None:
    said = {made("factor_changed", change=f"{kind}_{what}").text for what in ("added", "removed")}
    assert len(said) == 2
    assert made("factor_changed", change="something_new").text not in said


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        ("totp", "Code: from an app"),
        ("recovery", "Code: a recovery code"),
        ("sms", "Code sent to: +33•••42"),
        ("email", "Code sent to: +33•••42"),
    ],
)
def test_a_new_sign_in_says_what_proved_it(factor: str, said: str) -> None:
    assert said in made("new_sign_in", factor=factor, device="+33•••42").text


@pytest.mark.parametrize("template", ["code", "address_code"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_text_message_is_one_and_ends_with_what_browsers_fill_in(
    template: str, language: str
) -> None:
    words = mails.texted(template, {"code": "482913", "browser": "Firefox"}, language)
    assert (words.subject, words.html) == ("", "")
    assert words.text.endswith("\n\n@localhost #482913\n")
    assert len(words.text) <= 160
    assert words.text.startswith("482913 ") or language == "fr"


def test_what_has_no_text_message_of_its_own_is_said_as_in_a_mail() -> None:
    assert mails.texted("reset_link", CONTEXTS["reset_link"], "en").text == made("reset_link").text


def test_without_a_place_the_address_is_said() -> None:
    words = made("code", place="")
    assert "Address: 192.0.2.44" in words.text
    assert "Place" not in words.text


def test_an_unknown_mail_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        mails.rendered("nonsense", {}, "en")


def test_the_page_has_the_colours_of_both_schemes() -> None:
    words = made("new_sign_in")
    assert "prefers-color-scheme: dark" in words.html
    assert 'class="no" align="center" bgcolor="#9c1f18"' in words.html


LINKS = [
    "https://evil.example",
    "www.evil",
    "evil.example",
    "MyApp.evil.com",
    "mallory@evil.example",
    "evil\u3002example",
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("template", EVERY)
def test_no_link_of_anybody_else_travels_in_a_mail(template: str, link: str) -> None:
    given = {name: link for name in mails.CHOSEN if template != "address_changed" or name != "item"}
    words = made(template, **given)
    for text in (words.subject, words.text, words.html):
        assert link not in text
        assert "evil" not in text


def test_who_has_a_link_for_a_name_is_greeted_without_it() -> None:
    assert made("reset_link", name="https://evil.example").text.startswith("Hello.\n")
    assert made("reset_link", name="Alice").text.startswith("Hello Alice.\n")


def test_a_device_that_is_called_like_a_link_is_told_of_without_its_name() -> None:
    words = made("factor_changed", item="evil.example")
    assert "An authenticator was added: (a name that holds a link)." in words.text
    assert (
        "you said on (a name that holds a link) that it was not you"
        in made("not_me", device="evil.example").text
    )


@pytest.mark.parametrize("change", ["email_added", "email_removed"])
def test_the_masked_address_that_a_mail_is_about_stays(change: str) -> None:
    assert "b•••@example.net" in made("factor_changed", change=change, item="b•••@example.net").text
    assert "b•••@example.net" in made("address_changed").text
    assert (
        "a•••e@example.org" in made("new_sign_in", factor="email", device="a•••e@example.org").text
    )
