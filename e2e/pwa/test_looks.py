"""Small screens, an open keyboard, and nothing that bars anybody."""

import pytest
from playwright.sync_api import Page, expect

from e2e import axe
from e2e.pwa.screens import asked
from e2e.pwa.scripted import Scripted

KEYBOARD_OPEN = {"width": 360, "height": 430}


def test_all_three_answers_are_in_view_while_the_keyboard_is_open(
    server: Scripted, paired: Page
) -> None:
    server.ask()
    asked(paired)
    paired.set_viewport_size(KEYBOARD_OPEN)  # type: ignore[arg-type]
    for name in ("Approve", "Deny", "It was not me"):
        expect(paired.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(paired.locator("[name=number]")).to_be_in_viewport(ratio=1)
    expect(paired.locator("[data-field=account]")).to_be_in_viewport(ratio=1)
    assert axe.findings(paired) == []


@pytest.mark.parametrize("width", [180, 320])
def test_nothing_runs_over_the_edge(server: Scripted, paired: Page, width: int) -> None:
    paired.set_viewport_size({"width": width, "height": 640})
    edge = "document.documentElement.scrollWidth"
    assert paired.evaluate(edge) == width
    server.ask(
        app="Hohenstein-Berg Logistics Customer Portal (staging)",
        ip="2001:db8:85a3:8d3:1319:8a2e:370:7348",
        account="m" * 40,
    )
    asked(paired)
    assert paired.evaluate(edge) == width


def test_nothing_serious_is_found_on_the_home_page(paired: Page) -> None:
    assert axe.findings(paired) == []
