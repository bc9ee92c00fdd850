"""A login knows where it came from: in the chain, in the ledger, and in people's words."""

from typing import Any

import pytest
from django.conf import settings as site
from django.utils import translation

from mfaproject.lib.testing import FrozenClock
from risk.geo import Place, countries, lists
from risk.login import agents, chains
from risk.login.attempt import attempt_of
from risk.login.context import Assessment
from risk.login.history import Lately, Success
from risk.models import LoginLog
from risk.services import assess, describe, note_act, persons, recent_logins, recognise, sweep
from risk.services.description import LONGEST_PROVIDER, place
from risk.tests.helpers import FAR, HOME, LOOPBACK, history, login, seen, sign_in, steps

HETZNER = "5.9.1.2"
CODES = sorted(countries.countries())


def lately(*, placed: bool) -> Lately:
    return Lately((Success(0.0, "GB" if placed else "", placed=placed),))


def judged(user: Any, cookie: str | None, ip: str = HOME) -> Assessment:
    return assess(
        user_id=user.pk,
        is_staff=False,
        has_strong=True,
        context=login(ip, browser=recognise(cookie)),
    )


@pytest.mark.parametrize(
    ("code", "provider", "english", "french"),
    [
        (
            "DE",
            "Deutsche Telekom AG",
            "Germany, Deutsche Telekom AG",
            "Allemagne, Deutsche Telekom AG",
        ),
        ("DE", "", "Germany", "Allemagne"),
        ("", "Deutsche Telekom AG", "Deutsche Telekom AG", "Deutsche Telekom AG"),
        ("", "", "", ""),
        ("ZZ", "", "", ""),
    ],
)
def test_a_place_in_the_readers_words(code: str, provider: str, english: str, french: str) -> None:
    assert place(code, provider) == english
    with translation.override("fr"):
        assert place(code, provider) == french


def test_an_unknown_language_reads_english() -> None:
    assert (countries.name("DE", "xx"), countries.name("DE", "fr-ca")) == ("Germany", "Allemagne")


@pytest.mark.parametrize("language", [code for code, _ in site.LANGUAGES])
def test_every_country_has_a_name_in_every_language_of_the_site(language: str) -> None:
    assert len(CODES) == 250
    assert all(
        language in each.names and each.names[language] for each in countries.countries().values()
    )
    longest = max(len(countries.name(code, language)) for code in CODES)
    assert longest + len(", ") + LONGEST_PROVIDER <= 100, "rows keep so much of a place"


def test_a_long_name_of_a_provider_is_cut() -> None:
    name = place("DE", "x" * 80).removeprefix("Germany, ")
    assert (len(name), name[-1]) == (LONGEST_PROVIDER, "…")


def test_every_country_is_somewhere() -> None:
    for code, found in countries.countries().items():
        latitude, longitude = found.middle
        assert -90 <= latitude <= 90, code
        assert -180 <= longitude <= 180, code
        assert 10 <= found.radius < 10_000, code


@pytest.mark.parametrize(
    ("here", "there", "least", "most"),
    [("DE", "FR", 0, 0), ("DE", "DE", 0, 0), ("DE", "JP", 7000, 8500), ("SG", "GB", 9500, 11_000)],
)
def test_how_far_countries_are_apart_at_least(
    here: str, there: str, least: float, most: float
) -> None:
    found = countries.apart(here, there)
    assert found == countries.apart(there, here)
    assert found is not None
    assert least <= found <= most


def test_what_is_no_country_is_nowhere() -> None:
    assert (
        countries.apart("DE", "") is countries.apart("ZZ", "DE") is countries.apart("", "") is None
    )


@pytest.mark.usefixtures("places")
def test_a_login_is_told_with_its_place() -> None:
    context = login(HOME)
    assert context.place == Place("GB", 20712, "Andrews & Arnold Ltd")
    assert describe(context).place == "United Kingdom, Andrews & Arnold Ltd"
    assert describe(context, "fr").place == "Royaume-Uni, Andrews & Arnold Ltd"
    assert describe(login(LOOPBACK)).place == describe(login("8.8.8.8")).place == ""


@pytest.mark.usefixtures("places")
def test_it_is_in_the_chain_and_flags_are_on_the_attempt() -> None:
    lists.install("hosting", "clouds", ["AS24940"], source="clouds.txt")
    context = login(HETZNER)
    found = attempt_of(context, agents.read(context.user_agent), user_id=1, placed=True)
    assert [node.level for node in found.chains[1]] == [
        "all",
        "country",
        "provider",
        "network",
        "address",
    ]
    assert found.chains[1] == chains.address(HETZNER, "DE", 24940)
    assert (found.country, found.provider, found.listed) == (
        "DE",
        "Hetzner Online GmbH",
        frozenset({"hosting"}),
    )


@pytest.mark.usefixtures("places")
def test_the_ledger_keeps_it_and_lists_show_it(alice: Any) -> None:
    lists.install("hosting", "clouds", ["AS24940"], source="clouds.txt")
    lists.install("vpn", "exits", ["5.9.0.0/16"], source="exits.txt")
    log_id, _ = sign_in(alice, HETZNER)
    row = LoginLog.objects.get(pk=log_id)
    assert (row.country, row.asn, row.as_name, row.network_kinds) == (
        "DE",
        24940,
        "Hetzner Online GmbH",
        "hosting vpn",
    )
    assert recent_logins(alice.pk)[0].place == "Germany, Hetzner Online GmbH"
    with translation.override("fr"):
        assert recent_logins(alice.pk)[0].place == "Allemagne, Hetzner Online GmbH"
    told = persons.export(alice.pk)["sign_ins"][0]
    assert (told["country"], told["asn"], told["as_name"], told["network_kinds"]) == (
        "DE",
        24940,
        "Hetzner Online GmbH",
        "hosting vpn",
    )


@pytest.mark.usefixtures("places")
def test_it_stays_when_the_address_is_cut(alice: Any, clock: FrozenClock) -> None:
    sign_in(alice, HETZNER)
    clock.forward(days=31)
    sweep()
    view = recent_logins(alice.pk)[0]
    assert (view.ip, view.place) == (None, "Germany, Hetzner Online GmbH")


def test_without_files_nothing_is_known(alice: Any) -> None:
    log_id, _ = sign_in(alice)
    row = LoginLog.objects.get(pk=log_id)
    assert (row.country, row.asn, row.as_name, row.network_kinds) == ("", 0, "", "")
    assert recent_logins(alice.pk)[0].place == ""


def test_an_act_without_a_request_is_a_row_too(alice: Any) -> None:
    row = LoginLog.objects.get(pk=note_act(alice.pk, "factor_changed"))
    assert (row.user_id, row.outcome, row.sealed_ip, row.country) == (
        alice.pk,
        "factor_changed",
        "",
        "",
    )
    assert recent_logins(alice.pk) == []


PLACED = chains.address(HOME, "GB", 20712)


class TestFilesThatComeLater:
    """What the files did not say before is no place where the person never was."""

    @pytest.mark.parametrize("counts", [(9, 0, 0, 9, 9), (9, 0, 0, 9, 0), (9, 9, 0, 9, 0)])
    def test_a_network_that_was_seen_is_seen_whatever_is_above_it(
        self, counts: tuple[int, ...]
    ) -> None:
        found = history(address=steps(PLACED, *map(seen, counts)))
        assert [step.node.level for step in found.address[1:] if not step.mine.times] == (
            ["address"] if not counts[4] else []
        )

    def test_a_new_network_is_new_and_no_more_while_the_last_success_had_no_place(self) -> None:
        path = steps(PLACED, seen(9))
        assert [
            step.node.level for step in history(address=path, lately=lately(placed=False)).address
        ] == ["all", "network", "address"]
        assert [
            step.node.level for step in history(address=path, lately=lately(placed=True)).address
        ] == [step.node.level for step in path]

    def test_people_at_home_are_at_home_on_the_day_after(
        self, alice: Any, clock: FrozenClock, request: pytest.FixtureRequest
    ) -> None:
        cookie = None
        for _ in range(5):
            _, cookie = sign_in(alice, cookie=cookie)
            clock.forward(days=1)
        before = judged(alice, cookie)
        request.getfixturevalue("places")
        assert "address_known" in {finding.name for finding in before.findings} & {
            finding.name for finding in judged(alice, cookie).findings
        }
        assert judged(alice, cookie).decision == "allow"
        elsewhere = {finding.name: finding for finding in judged(alice, cookie, FAR).findings}
        assert "network_new" in elsewhere
        sign_in(alice, cookie=cookie)
        elsewhere = {finding.name: finding for finding in judged(alice, cookie, FAR).findings}
        assert elsewhere["country_new"].sentence == "0 of 6 sign-ins came from Japan."
