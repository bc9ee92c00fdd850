"""Every language says everything, and what is compiled is what was written."""

import re
from collections import Counter

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import ngettext

from mfaproject.tests import catalogues
from mfaproject.tests.catalogues import Entry, Text

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PO = {code: catalogues.LOCALE / code / "LC_MESSAGES" / "django.po" for code in LANGUAGES}
ENTRIES = {code: catalogues.written(path) for code, path in PO.items()}
FIXED = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+[^>]*>")
"""What a translator moves but never changes: placeholders and tags."""
BREAKS = re.compile(r" [?!:;»]|« ")
"""A line must not begin with a sign that French sets apart: the space before it
is one that does not break."""
each_language = pytest.mark.parametrize("language", LANGUAGES)


def fixed(text: str) -> Counter[str]:
    return Counter(FIXED.findall(text))


def agrees(entry: Entry) -> bool:
    """One or many: each form has what its own text has, and the forms between
    what the plural has."""
    texts = [entry.text.id, *[entry.text.plural] * (len(entry.said) - 1)]
    return all(fixed(said) == fixed(text) for said, text in zip(entry.said, texts, strict=True))


@each_language
def test_every_text_is_in_the_catalogue_and_no_other(language: str) -> None:
    asked, known = catalogues.asked_for(), {entry.text for entry in ENTRIES[language]}
    assert {text: file for text, file in asked.items() if text not in known} == {}, (
        "Run: make messages, and translate what is new."
    )
    assert known - asked.keys() == set(), "Run: make messages. These texts are gone."


@each_language
def test_nothing_is_left_open_or_guessed(language: str) -> None:
    assert [
        entry.text
        for entry in ENTRIES[language]
        if entry.is_fuzzy or entry.is_obsolete or not all(map(str.strip, entry.said))
    ] == []


@each_language
def test_every_plural_has_all_its_forms(language: str) -> None:
    forms = re.search(r"nplurals=(\d)", catalogues.header(PO[language]))
    assert forms is not None
    assert {len(entry.said) for entry in ENTRIES[language] if entry.text.plural} == {int(forms[1])}
    assert {len(entry.said) for entry in ENTRIES[language] if not entry.text.plural} == {1}


@each_language
def test_placeholders_and_tags_are_kept(language: str) -> None:
    assert [entry for entry in ENTRIES[language] if not agrees(entry)] == []


@each_language
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    said = {catalogues.key(entry.text): "\0".join(entry.said) for entry in ENTRIES[language]}
    compiled = catalogues.compiled(PO[language].with_suffix(".mo"))
    assert compiled == said | {"": catalogues.header(PO[language])}, "Run: make messages."


def test_french_spaces_do_not_break() -> None:
    assert [
        said for entry in ENTRIES["fr"] for said in entry.said if BREAKS.search(said) or "'" in said
    ] == []


@pytest.mark.parametrize(("number", "expected"), [(1, "il y a 1 minute"), (2, "il y a 2 minutes")])
def test_french_counts(number: int, expected: str) -> None:
    with translation.override("fr"):
        assert ngettext("%(n)d minute ago", "%(n)d minutes ago", number) % {"n": number} == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/login/", "Mot de passe oublié\N{NO-BREAK SPACE}?"),
        ("/authenticator/", "Est-ce vous qui vous connectez\N{NO-BREAK SPACE}?"),
    ],
)
def test_pages_speak_french_to_who_asks_for_it(client: Client, path: str, words: str) -> None:
    asked_by_browser, asked_by_link = (
        client.get(path, headers={"Accept-Language": "fr"}),
        client.get(path, {"lang": "fr"}),
    )
    for page in (asked_by_browser, asked_by_link):
        assert words in page.content.decode()
        assert '<html lang="fr">' in page.content.decode()


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('_("One")', [Text("One")]),
        ('gettext_lazy("One " "and two")', [Text("One and two")]),
        ('ngettext("One", "Many", count) % {}', [Text("One", "Many")]),
        ('pgettext("place", "Here")', [Text("Here", context="place")]),
        ('translation.gettext("One")', [Text("One")]),
        ('other("One")', []),
    ],
)
def test_texts_of_a_module_are_found(source: str, texts: list[Text]) -> None:
    assert catalogues.in_python(source) == texts


def test_a_text_that_is_put_together_is_refused() -> None:
    with pytest.raises(ValueError, match="malformed"):
        catalogues.in_python('_(f"Hello {name}")')


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (
            '{% translate "One" %} {% translate \'It "is"\' as words %}',
            [Text("One"), Text('It "is"')],
        ),
        ('{% translate "Here" context "place" %}', [Text("Here", context="place")]),
        ('{{ name|default:_("Nobody") }}', [Text("Nobody")]),
        (
            "{% blocktranslate trimmed %}\n  {{ a }} is\n  100%\n{% endblocktranslate %}",
            [Text("%(a)s is 100%%")],
        ),
        (
            "{% blocktranslate count n=n %}One{% plural %}{{ n }} many{% endblocktranslate %}",
            [Text("One", "%(n)s many")],
        ),
        ("One _of_ (two)", []),
    ],
)
def test_texts_of_a_template_are_found(source: str, texts: list[Text]) -> None:
    assert catalogues.in_template("{% load i18n %}" + source) == texts
