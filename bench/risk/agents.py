"""Browsers and what they say of themselves. Most get a new version every four weeks, and each
machine takes it a few days later.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.risk.dice import Dice, Lot
from bench.risk.settings import DAY, START, Setting

TRAIN = 28 * DAY
_WINDOWS, _MAC = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAMSUNG = ("SM-S911B", "SM-S921B", "SM-A546B", "SM-A155F", "SM-A536B", "SM-G991B")
_MODELS = (
    *_SAMSUNG,
    "Pixel 7",
    "Pixel 8",
    "Pixel 8a",
    "Pixel 9",
    "2201117TG",
    "23021RAA2Y",
    "M2101K6G",
    "CPH2269",
    "CPH2387",
    "RMX3630",
    "V2207",
)
DESKTOPS = Lot(
    {
        ("windows", "chrome"): 42,
        ("windows", "edge"): 16,
        ("windows", "firefox"): 9,
        ("mac", "safari"): 13,
        ("mac", "chrome"): 11,
        ("mac", "firefox"): 2,
        ("linux", "firefox"): 3,
        ("linux", "chrome"): 3,
        ("windows", "opera"): 2,
    }
)
PHONES = Lot(
    {
        ("android", "chrome"): 46,
        ("iphone", "safari"): 36,
        ("android", "samsung"): 8,
        ("android", "firefox"): 3,
        ("iphone", "chrome"): 4,
        ("ipad", "safari"): 3,
    }
)
TOOLS = (
    "python-requests/2.32.3",
    "curl/8.5.0",
    "Go-http-client/2.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:52.0) Gecko/20100101 Firefox/52.0",
)
POPULAR = (
    ("windows", "chrome"),
    ("windows", "chrome"),
    ("android", "chrome"),
    ("iphone", "safari"),
    ("mac", "chrome"),
    ("windows", "edge"),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """`lag`: seconds after the release until this machine has it."""

    system: str
    family: str
    lag: float
    model: str = "K"
    android: int = 14

    @property
    def is_phone(self) -> bool:
        return self.system in ("android", "iphone", "ipad")

    def agent(self, at: float) -> str:
        """The header at a time."""
        return _header(self, int((at - START - self.lag) // TRAIN))


def _header(browser: Browser, train: int) -> str:
    chrome = f"Chrome/{144 + train}.0.0.0"
    if browser.system in ("iphone", "ipad"):
        return _apple_phone(browser, train)
    if browser.system == "android":
        where = f"Linux; Android {browser.android}; {browser.model}"
        if browser.family == "firefox":
            return (
                f"Mozilla/5.0 (Android {browser.android}; Mobile; rv:{146 + train}.0)"
                f" Gecko/{146 + train}.0 Firefox/{146 + train}.0"
            )
        brand = f"SamsungBrowser/{27 + train // 3}.0 " if browser.family == "samsung" else ""
        return f"Mozilla/5.0 ({where}) {_WEBKIT} {brand}{chrome} Mobile Safari/537.36"
    where = {"windows": _WINDOWS, "mac": _MAC, "linux": "X11; Linux x86_64"}[browser.system]
    if browser.family == "firefox":
        return (
            f"Mozilla/5.0 ({where.replace('10_15_7', '10.15')}; rv:{146 + train}.0) Gecko/20100101"
            f" Firefox/{146 + train}.0"
        )
    if browser.family == "safari":
        return (
            f"Mozilla/5.0 ({where}) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            f" Version/26.{max(0, 1 + train // 2)} Safari/605.1.15"
        )
    brand = {"edge": f" Edg/{144 + train}.0.0.0", "opera": f" OPR/{125 + train}.0.0.0"}.get(
        browser.family, ""
    )
    return f"Mozilla/5.0 ({where}) {_WEBKIT} {chrome} Safari/537.36{brand}"


def _apple_phone(browser: Browser, train: int) -> str:
    minor = max(0, 1 + train // 2)
    device = "iPad; CPU OS" if browser.system == "ipad" else "iPhone; CPU iPhone OS"
    brand = (
        f"CriOS/{144 + train}.0.7204.119" if browser.family == "chrome" else f"Version/26.{minor}"
    )
    return (
        f"Mozilla/5.0 ({device} 18_{minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        f" {brand} Mobile/15E148 Safari/604.1"
    )


def a_browser(dice: Dice, setting: Setting, kind: tuple[str, str]) -> Browser:
    """A new machine; one in twelve is never brought up to date in time."""
    lag = dice.uniform(2, 6) * TRAIN if dice.chance(0.08) else dice.around(5 * DAY, 0.8)
    model = dice.choice(_MODELS) if dice.chance(setting.full_models) else "K"
    return Browser(*kind, lag, model, 10 if model == "K" else dice.randint(12, 16))


def somebodys(dice: Dice, setting: Setting, *, phone: bool) -> Browser:
    return a_browser(dice, setting, (PHONES if phone else DESKTOPS).draw(dice))
