"""A site's own signal, by one line of the settings: it moves the score, and it speaks wherever
signals do.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import BEHIND_PROXY
from e2e.people import People
from e2e.server import Nod, copy_of
from e2e.staff import ready

SIGNAL = "risk.tests.program_signal"
HEADLESS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " HeadlessChrome/145.0.0.0 Safari/537.36"
)
TOLD = "New browser, and it is a program that works by itself."
SAID = "HeadlessChrome is a program and no browser."


@pytest.fixture
def nod(prepared: Path, tmp_path: Path) -> Iterator[Nod]:
    server = Nod(copy_of(prepared, tmp_path), **BEHIND_PROXY, RISK_SIGNALS=SIGNAL).start()
    yield server
    server.stop()


def test_it_speaks_to_the_person_and_the_admin_and_in_the_backtest(people: People) -> None:
    alice, laptop, phone = people.paired()
    program = people.laptop(user_agent=HEADLESS, address="81.2.69.160")
    program.sign_in(alice)
    phone.is_asked()
    expect(phone.page.locator("[data-field=careful]")).to_have_text(TOLD)
    phone.approve(program.number())
    program.is_in()
    expect(laptop.open("/").locator("p.careful").first).to_contain_text(TOLD)

    _, admin, _ = ready(people)
    page = admin.open("/admin/risk/loginlog/")
    row = page.locator("#result_list tbody tr", has_text="81.2.69.160")
    row.filter(has_text=alice.username).get_by_role("link").first.click()
    finding = page.locator("table tbody tr", has_text=SAID)
    expect(finding).to_contain_text("Program")
    assert int(finding.locator("td.points").inner_text()) > 0

    draft = people.nod.data_dir / "draft.toml"
    draft.write_text('name = "default"\nchallenge = 50\nstrict = 90\n')
    told = people.nod.manage("backtest_risk", "--policy", str(draft))
    again = re.search(r"Made again .*: (\d+) of (\d+) verdicts; (\d+) of them from", told)
    assert again
    assert again[1] == again[2] == again[3] != "0"
