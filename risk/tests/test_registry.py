"""Nod's own signals, as they are written down elsewhere: in the documents, in the weights, in what
is fitted, in what the policy and the admin say.
"""

import ast
import json
import re
import textwrap
from pathlib import Path

import pytest

from bench.risk.inputs import falling, fitted
from risk.admin import words
from risk.policy import rules
from risk.scoring import forest, registry, sheets
from risk.scoring.registry import BUILT_IN
from risk.scoring.signals.base import Input
from risk.tests import program_signal

DOCUMENT = Path(__file__).parents[2] / "docs" / "risk-model.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| (.+) \| (.+) \|$", re.MULTILINE)
BOTH = [
    "country",
    "provider",
    "network",
    "address",
    "novelty",
    "new_country",
    "new_provider",
    "new_network",
    "new_address",
    "named_country",
    "named_provider",
    "named_network",
    "new_device",
    "new_system",
    "new_browser",
    "day",
    "slot",
    "history",
]
TITLES = {
    "Browser": "browser_new browser_of_others browser_expired browser_known browser_changed"
    " browser_copied",
    "Address": "address_unknown address_first address_new address_known",
    "Country": "country_new",
    "Provider": "provider_new",
    "Network": "network_new networks_tor networks_vpn networks_hosting",
    "Reputation": "reputation",
    "Kind of browser": "agent_first agent_new agent_known failures_agent",
    "Device": "device_new",
    "System": "system_new",
    "Version": "version_new version_newer version_older",
    "Time": "hour_usual hour_new away",
    "Travel": "travel",
    "Account changes": "change_password change_factor",
    "Failures": "failures_account",
    "Source": "failures_source failures_subnet source_held source_named disavowed_widely",
    "Many accounts": "accounts_at_source burst_source",
}
OF_STRANGERS = (
    "reputation failures_account failures_source failures_subnet accounts_at_source burst_source"
    " failures_agent"
)
SENTENCES = [
    ("source_held source_named", "Somebody said that a sign-in from there was not theirs."),
    ("browser_changed browser_copied", "The browser showed a cookie that belongs to another one."),
    (
        "change_factor change_password",
        "New browser, shortly after your password or a second factor was changed.",
    ),
    ("travel", "New browser, and too far from your last sign-in to have travelled there."),
    (
        "country_new network_new provider_new",
        "New browser, and a network you have not used before.",
    ),
    (
        "accounts_at_source failures_account failures_source failures_subnet",
        "New browser, after several sign-ins that failed.",
    ),
    (
        "networks_hosting networks_tor networks_vpn",
        "New browser, on a network that hides where people are.",
    ),
    ("away", "New browser, after a long time without a sign-in."),
    ("browser_expired browser_new browser_of_others", "A browser you have not used before."),
    (
        "accounts_at_source failures_account failures_source failures_subnet",
        "Several sign-ins had failed before.",
    ),
    ("country_new network_new provider_new", "A network you have not used before."),
]


def weight(told: Input) -> str:
    if told.by_hand is not None:
        return f"{told.by_hand:g} by hand"
    return {
        (True, True): "fitted",
        (True, False): "fitted for known browsers",
        (False, True): "fitted for other browsers",
        (False, False): "none",
    }[told.known, told.unknown]


def test_the_document_has_each_input_as_it_is() -> None:
    told = [
        (name, signal.name, each.means, weight(each))
        for signal in BUILT_IN
        for name, each in signal.inputs.items()
    ]
    assert ROW.findall(DOCUMENT.read_text()) == told


def test_the_example_of_a_signal_is_the_one_that_is_tested() -> None:
    page = DOCUMENT.with_name("dev") / "add-a-signal.md"
    example, _rest = page.read_text().split("On a server it is one line:")
    lines = [line for line in example.splitlines() if line.startswith("    ")]
    written = ast.parse(textwrap.dedent("\n".join(lines)))
    module = ast.parse(Path(program_signal.__file__).read_text())
    assert ast.dump(written.body[-1]) == ast.dump(module.body[-1])


@pytest.mark.parametrize("path", [sheets.NEWEST, forest.NEWEST])
def test_weights_by_hand_are_those_of_the_files(path: Path) -> None:
    assert registry.Registry(BUILT_IN).by_hand == json.loads(path.read_text())["by_hand"]


def test_what_is_fitted_stays_in_its_order() -> None:
    """Another order of columns would be another fit."""
    assert list(fitted(knows=False)) == [*BOTH, "habit", "failures"]
    assert list(fitted(knows=True)) == [*BOTH, "changed", "outdated"]
    assert falling() == {"history"}


def test_the_sheets_know_no_input_that_is_not_fitted() -> None:
    raw = json.loads(sheets.NEWEST.read_text())
    for pair in (raw["places"], raw["bare"]):
        for side in ("known", "unknown"):
            assert pair[side]["weights"].keys() <= set(fitted(knows=side == "known"))


def test_findings_have_these_titles() -> None:
    told = {name: title for title, names in TITLES.items() for name in names.split()}
    assert {name: words.title(name) for name in registry.installed().of_finding} == told


def test_strangers_can_bring_about_these() -> None:
    found = registry.installed()
    assert found.of_strangers == set(OF_STRANGERS.split())
    held = {"disavowed_widely", "source_held", "source_named"}
    assert found.told_last == found.of_strangers | held


def test_what_the_policy_asks_for_by_name_is_found_by_a_signal() -> None:
    asked = rules.HARD | rules.HELD | rules.MOVED
    assert asked <= registry.installed().of_finding.keys()


def test_the_person_is_told_the_first_of_these_that_fits() -> None:
    careful = registry.installed().careful
    assert [(" ".join(sorted(each.findings)), each.sentence) for each in careful] == SENTENCES
    for each in careful:
        assert each.in_new_browser == each.sentence.startswith("New browser")
