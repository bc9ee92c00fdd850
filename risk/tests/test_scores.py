"""What both models say of a table of sign-ins: each finding with its points. Whoever changes a
weight, a signal or the order of signals sees here what that does.
"""

from math import fsum

import pytest

from risk.scoring import registry, sheets
from risk.scoring.additive import AdditiveModel
from risk.scoring.boost_model import BoostModel
from risk.scoring.chain_model import ChainModel
from risk.scoring.model import checked
from risk.tests.scenes import SCENES

MODELS: dict[str, AdditiveModel] = {"chain": ChainModel(), "boost": BoostModel()}
CHAIN: dict[str, str] = {
    "at home": ("0: browser_known 0, agent_known 0, address_known 0, hour_usual 0"),
    "a known browser elsewhere": (
        "4: browser_known 0, country_new +4, agent_known 0, hour_usual 0"
    ),
    "a known browser that became older": (
        "19: browser_known 0, version_older +23, address_known -2, hour_usual -2"
    ),
    "a known browser that is another one": (
        "79: browser_changed +3, device_new +80, address_known -1, hour_usual -3"
    ),
    "strangers fail around a known browser": (
        "0: browser_known 0, agent_known 0, address_known 0, hour_usual 0, failures_account 0, "
        "failures_source 0, burst_source 0"
    ),
    "a new browser at home": ("12: browser_new +13, agent_new 0, address_known 0, hour_usual -1"),
    "a new browser of somebody who never keeps one": (
        "1: browser_new +1, agent_known 0, address_known 0, hour_usual 0"
    ),
    "a stranger from abroad": ("98: browser_new +13, country_new +83, device_new 0, hour_new +2"),
    "a copied cookie": ("73: browser_copied +76, agent_known 0, address_known -2, hour_usual -1"),
    "strangers fail around a new browser": (
        "82: browser_new +13, agent_known 0, address_known 0, hour_usual -1, failures_account "
        "+8, failures_source +19, burst_source +43"
    ),
    "a source that was called false": (
        "73: browser_new +13, agent_known 0, address_known 0, hour_usual -1, source_held +61"
    ),
    "a source that is refused": (
        "99: browser_new +13, agent_known 0, address_known 0, hour_usual -1, failures_account "
        "+8, failures_source +19, burst_source +43, disavowed_widely +17"
    ),
    "a place where second factors fail": (
        "97: browser_new +13, network_new +82, agent_known 0, hour_usual 0, reputation +2"
    ),
    "a network that hides people": (
        "97: browser_new +13, network_new +82, agent_known 0, networks_vpn +2, hour_usual 0"
    ),
    "too far to have travelled": (
        "98: browser_new +13, country_new +83, agent_known 0, travel +3, hour_usual -1"
    ),
    "after half a year": (
        "20: browser_new +13, agent_known 0, away +9, address_known -1, hour_usual -1"
    ),
    "right after a new password": (
        "97: browser_new +13, network_new +82, agent_known 0, change_password +3, hour_usual -1"
    ),
    "the very first": ("8: browser_new +8, address_unknown 0, agent_first 0"),
    "from a private address": ("8: browser_new +8, address_unknown 0, agent_known 0, hour_usual 0"),
    "where countries are unknown": (
        "98: browser_new +8, network_new +90, agent_known 0, hour_usual 0"
    ),
    "an older version than ever": (
        "12: browser_new +13, version_newer 0, address_known 0, hour_usual -1"
    ),
}
BOOST: dict[str, str] = {
    "at home": ("0: browser_known 0, address_known 0, agent_known 0, hour_usual 0"),
    "a known browser elsewhere": (
        "2: browser_known 0, country_new +7, agent_known 0, hour_usual -5"
    ),
    "a known browser that became older": (
        "3: browser_known 0, address_known 0, version_older +8, hour_usual -5"
    ),
    "a known browser that is another one": (
        "0: browser_changed 0, address_known 0, device_new 0, hour_usual 0"
    ),
    "strangers fail around a known browser": (
        "0: browser_known 0, address_known 0, agent_known 0, hour_usual 0, failures_account 0, "
        "failures_source 0, burst_source 0"
    ),
    "a new browser at home": ("2: browser_new +10, address_known -7, agent_new 0, hour_usual -1"),
    "a new browser of somebody who never keeps one": (
        "1: browser_new +2, address_known -1, agent_known 0, hour_usual 0"
    ),
    "a stranger from abroad": ("99: browser_new +19, country_new +76, device_new +1, hour_new +3"),
    "a copied cookie": ("34: browser_copied +69, address_known -27, agent_known -1, hour_usual -7"),
    "strangers fail around a new browser": (
        "39: browser_new +12, address_known -7, agent_known -1, hour_usual -1, failures_account "
        "+2, failures_source +6, burst_source +28"
    ),
    "a source that was called false": (
        "34: browser_new +10, address_known -7, agent_known 0, hour_usual -1, source_held +32"
    ),
    "a source that is refused": (
        "93: browser_new +12, address_known -7, agent_known -1, hour_usual -1, failures_account "
        "+2, failures_source +6, burst_source +28, disavowed_widely +54"
    ),
    "a place where second factors fail": (
        "96: browser_new +11, network_new +80, agent_known -1, hour_usual -4, reputation +10"
    ),
    "a network that hides people": (
        "95: browser_new +17, network_new +77, networks_vpn +2, agent_known 0, hour_usual -1"
    ),
    "too far to have travelled": (
        "97: browser_new +17, country_new +77, travel +4, agent_known 0, hour_usual -1"
    ),
    "after half a year": (
        "4: browser_new +10, away +7, address_known -11, agent_known 0, hour_usual -2"
    ),
    "right after a new password": (
        "96: browser_new +17, network_new +77, change_password +3, agent_known 0, hour_usual -1"
    ),
    "the very first": ("2: browser_new +2, address_unknown 0, agent_first 0"),
    "from a private address": (
        "13: browser_new +19, address_unknown -1, agent_known 0, hour_usual -5"
    ),
    "where countries are unknown": (
        "96: browser_new +28, network_new +69, agent_known 0, hour_usual -1"
    ),
    "an older version than ever": (
        "2: browser_new +10, address_known -7, version_newer 0, hour_usual -1"
    ),
}
TABLES = {"chain": CHAIN, "boost": BOOST}
CASES = [(model, scene) for model in MODELS for scene in SCENES]


@pytest.mark.parametrize(("model", "scene"), CASES)
def test_a_score_and_its_findings(model: str, scene: str) -> None:
    scored = MODELS[model].score(*SCENES[scene])
    told = ", ".join(
        f"{each.name} {each.points:+d}" if each.points else f"{each.name} 0"
        for each in scored.findings
    )
    assert f"{scored.score}: {told}" == TABLES[model][scene]


@pytest.mark.parametrize(("model", "scene"), CASES)
def test_parts_add_up_in_log_odds_and_in_points(model: str, scene: str) -> None:
    judged = MODELS[model].judge(*SCENES[scene])
    assert fsum(part.z for part in judged.parts) == judged.z
    assert sheets.points(judged.z) == judged.score
    scored = checked(MODELS[model].score(*SCENES[scene]))
    assert scored.score == round(judged.score)


@pytest.mark.parametrize(("model", "scene"), CASES)
def test_each_part_is_told_by_its_signal_and_what_strangers_did_comes_last(
    model: str, scene: str
) -> None:
    found = [part.remark for part in MODELS[model].judge(*SCENES[scene]).parts]
    assert found[0].name.startswith("browser_")
    last = [remark.name in registry.installed().told_last for remark in found]
    assert last == sorted(last)
    assert all(remark.name in registry.installed().of_finding for remark in found)
    assert all(remark.sentence.endswith(".") for remark in found)


@pytest.mark.parametrize("scene", SCENES)
def test_both_models_say_the_same_words(scene: str) -> None:
    words = [
        {part.remark.sentence for part in model.judge(*SCENES[scene]).parts}
        for model in MODELS.values()
    ]
    assert words[0] == words[1]


WORSE = [
    ("at home", "a known browser elsewhere"),
    ("at home", "a known browser that became older"),
    ("a new browser of somebody who never keeps one", "a new browser at home"),
    ("a new browser at home", "a stranger from abroad"),
    ("a new browser at home", "strangers fail around a new browser"),
    ("strangers fail around a new browser", "a source that is refused"),
    ("a new browser at home", "after half a year"),
    ("after half a year", "a copied cookie"),
    ("at home", "a new browser at home"),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("better", "worse"), WORSE)
def test_the_second_is_odder_than_the_first(model: str, better: str, worse: str) -> None:
    one, other = (MODELS[model].judge(*SCENES[scene]).z for scene in (better, worse))
    assert one < other


@pytest.mark.parametrize("model", MODELS)
def test_failures_of_strangers_change_nothing_on_a_known_browser(model: str) -> None:
    quiet, loud = (
        MODELS[model].judge(*SCENES[scene]).z
        for scene in ("at home", "strangers fail around a known browser")
    )
    assert loud == pytest.approx(quiet)
