"""`python -m e2e.screenshots`: takes the six pictures of docs/screenshots/ again, from a real
sign-in on a server of its own.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from e2e import browser, moments
from e2e.conftest import BEHIND_PROXY
from e2e.pages import Laptop, Phone, submit
from e2e.people import PHONE, People
from e2e.person import Person
from e2e.server import Nod

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SITE, AUTHENTICATOR = "login.example.org", "auth.example.org"
HOME, ELSEWHERE = "192.0.2.44", "198.51.100.7"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/145.0.0.0 Safari/537.36"
)
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
DESK = {"viewport": {"width": 1280, "height": 800}}
SHARP_PHONE = {**PHONE, "viewport": {"width": 360, "height": 700}, "device_scale_factor": 2}
ALICE = Person("alice", "Alice Martin", "alice@example.org")
ROBIN = Person("robin", "Robin Keeper", "robin@example.org")
EARLIER = (22, 49, 21, 26)  # hours between her sign-ins at home
INTER = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include>/etc/fonts/fonts.conf</include>
<match><test name="family"><string>sans-serif</string></test>
<edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit></match>
</fontconfig>"""
"""A good font where pages take the system's, if it is installed (Debian: fonts-inter); else the
pictures show this machine's own."""


def flags(port: int) -> list[str]:
    """Both hosts are this machine's server, and count as https would: keys are
    made in such places only."""
    ours = [flag for flag in browser.FLAGS if not flag.startswith("--host-resolver-rules")]
    rules = ", ".join(
        [*(f"MAP {host}:80 127.0.0.1:{port}" for host in (SITE, AUTHENTICATOR)), "MAP * ~NOTFOUND"]
    )
    return [
        *ours,
        f"--host-resolver-rules={rules}",
        f"--unsafely-treat-insecure-origin-as-secure=http://{SITE},http://{AUTHENTICATOR}",
    ]


@contextmanager
def cast() -> Iterator[People]:
    """A server with two real-looking names, and browsers that reach it by them."""
    with (
        tempfile.TemporaryDirectory(prefix="nod-screenshots-") as folder,
        browser.driver() as playwright,
    ):
        origins = {
            "PUBLIC_ORIGIN": f"http://{SITE}",
            "AUTHENTICATOR_ORIGIN": f"http://{AUTHENTICATOR}",
        }
        nod = Nod(Path(folder), **BEHIND_PROXY, **origins).start()
        try:
            fonts = Path(folder) / "fonts.conf"
            fonts.write_text(INTER)
            environment: dict[str, str | float | bool] = {
                **os.environ,
                "FONTCONFIG_FILE": str(fonts),
            }
            chromium = browser.launch(
                playwright, browser.find(), args=flags(nod.port), env=environment
            )
            yield People(nod, opener(chromium.new_context))
            chromium.close()
        finally:
            nod.stop()


def opener(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Browsers with an address; all in English and light, none moves."""

    def new(*, address: str = HOME, **options: object) -> BrowserContext:
        taste = {
            "locale": "en-GB",
            "color_scheme": "light",
            "reduced_motion": "reduce",
            "timezone_id": "Europe/Paris",
        }
        return browser.patient(
            new_context(**{**taste, "extra_http_headers": {"X-Forwarded-For": address}, **options})
        )

    return new


def take(page: Page, name: str, *, whole: bool = False) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)
    print(f"docs/screenshots/{name}.png")


def settle_in(people: People) -> tuple[Laptop, Phone]:
    """Alice signs up at home, pairs her phone, and signs in there a few times."""
    home = people.laptop(user_agent=WINDOWS, **DESK)
    home.sign_up(ALICE)
    home.confirm(ALICE)
    phone = people.phone(**SHARP_PHONE)
    people.pair(home, phone)
    for hours in EARLIER:
        moments.let_pass(people.nod, hours=hours)
        home.sign_out()
        home.sign_in(ALICE)
        home.is_in()
    moments.let_pass(people.nod, hours=3)
    return home, phone


def sign_in_elsewhere(people: People, phone: Phone) -> Laptop:
    """The sign-in that the pictures tell of."""
    laptop = people.laptop(address=ELSEWHERE, user_agent=LINUX, **DESK)
    take(laptop.open("/login/"), "login")
    laptop.sign_in(ALICE)
    number = laptop.number()
    take(laptop.page, "wait")
    phone.is_asked()
    phone.page.fill("[name=number]", number)
    take(phone.page, "prompt")
    phone.approve(number)
    phone.says("Approved")
    take(phone.page, "approved")
    laptop.is_in()
    return laptop


def read_the_ledger(people: People) -> None:
    """Robin, who keeps the site, looks at it afterwards."""
    printed = people.nod.manage(
        "make_admin",
        "--username",
        ROBIN.username,
        "--email",
        ROBIN.email,
        "--full-name",
        ROBIN.full_name,
    )
    laptop, phone = people.laptop(user_agent=WINDOWS, **DESK), people.phone(**SHARP_PHONE)
    laptop.page.goto(next(line for line in printed.splitlines() if "/link/enrol/" in line))
    laptop.set_password(ROBIN.password)
    laptop.page.locator("a[data-pair-link]").wait_for()
    people.pair(laptop, phone, "Fairphone")
    submit(laptop.page)
    laptop.sign_in(ROBIN, "/login/?next=/admin/risk/loginlog/")
    phone.approve(laptop.number())
    laptop.page.locator("#result_list tr", has_text=ELSEWHERE).get_by_role("link").first.click()
    laptop.page.locator("main table").wait_for()
    take(laptop.page, "ledger", whole=True)


def main() -> None:
    with cast() as people:
        _, phone = settle_in(people)
        laptop = sign_in_elsewhere(people, phone)
        take(laptop.open("/security/"), "security", whole=True)
        read_the_ledger(people)


if __name__ == "__main__":
    main()
