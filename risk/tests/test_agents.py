"""What a user agent says of its browser."""

import pytest

from risk.login import agents
from risk.tests.helpers import CHROME, FIREFOX, FIREFOX_144, PHONE

SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/19.0 Safari/605.1.15"
)
EDGE = CHROME + " Edg/145.0.0.0"
HEADLESS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " HeadlessChrome/145.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "browser", "system", "major"),
    [
        (FIREFOX, "Firefox", "Linux", 145),
        (CHROME, "Chrome", "Windows", 145),
        (EDGE, "Edge", "Windows", 145),
        (PHONE, "Chrome", "Android", 145),
        (SAFARI, "Safari", "macOS", 19),
        (HEADLESS, "Chrome", "Linux", 145),
        ("curl/8.5.0", "curl", "", 8),
        ("", "", "", 0),
        ("nonsense", "", "", 0),
    ],
)
def test_names_are_what_people_call_them(
    user_agent: str, browser: str, system: str, major: int
) -> None:
    agent = agents.read(user_agent)
    assert (agent.browser_name, agent.system_name, agent.major) == (browser, system, major)


def test_the_identity_of_a_browser_outlives_its_versions() -> None:
    assert (
        agents.read(FIREFOX).identity
        == agents.read(FIREFOX.replace("145", "200")).identity
        == "Firefox/Linux"
    )


def test_the_identity_tells_systems_and_browsers_apart() -> None:
    assert len({agents.read(each).identity for each in (FIREFOX, CHROME, PHONE, SAFARI, EDGE)}) == 5


def test_a_browser_that_says_nothing_has_no_identity() -> None:
    assert agents.read("").identity == ""


@pytest.mark.parametrize("version", ["9" * 5000, "٣٤", "1_0"])
def test_absurd_versions_are_no_accident(version: str) -> None:
    agent = agents.read(f"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/{version}.0")
    assert 0 <= agent.major < 2**31
    assert len(agent.version) <= agents.LONGEST


def test_made_up_families_fill_no_column() -> None:
    agent = agents.read(
        f"Mozilla/5.0 (Linux; Android 14; {'x' * 300} Build/1) AppleWebKit/537.36 Chrome/145.0.0.0"
        " Mobile"
    )
    assert len(agent.device) <= agents.LONGEST


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (FIREFOX, FIREFOX, ""),
        (FIREFOX_144, FIREFOX, ""),
        (FIREFOX, FIREFOX_144, "outdated"),
        (FIREFOX, CHROME, "changed"),
        (FIREFOX, "", "changed"),
        ("", FIREFOX, ""),
    ],
)
def test_a_browser_may_become_newer_but_neither_older_nor_another_one(
    before: str, now: str, verdict: str
) -> None:
    assert agents.read(now).follows(agents.read(before).spoken) == verdict


@pytest.mark.parametrize(
    ("kept", "verdict"),
    [("", ""), ("Firefox/Linux", ""), ("Chrome/Linux", "changed"), ("odd|name/Linux", "changed")],
)
def test_what_was_kept_without_a_version_is_still_compared(kept: str, verdict: str) -> None:
    assert agents.read(FIREFOX).follows(kept) == verdict


def test_what_is_kept_of_a_made_up_browser_fits_its_column() -> None:
    made_up = agents.Agent("d" * 60, "s" * 60, "b" * 60, "9" * 60, 2**31 - 1)
    assert len(made_up.spoken) <= 130
    assert made_up.follows(made_up.spoken) == ""
