"""The settings in which models are fitted and tested. They differ in what a site cannot choose: its
country, its people, its attackers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

DAY = 86_400.0
START = 1_767_225_600.0  # 2026-01-01


@dataclass(frozen=True, slots=True)
class Setting:
    """Shares are 0 to 1, times are days, `logins` is the median a person makes in 30 days
    (`spread`: how unequal people are)."""

    name: str
    seed: int
    people: int = 1500
    days: int = 180
    countries: dict[str, float] = field(
        default_factory=lambda: {
            "DE": 0.86,
            "AT": 0.05,
            "FR": 0.03,
            "PL": 0.02,
            "US": 0.02,
            "NL": 0.02,
        }
    )
    logins: float = 5.0
    spread: float = 1.1
    joining: float = 0.4
    """Share of the people who join during the time that is looked at."""

    # what people use
    phones: float = 0.42
    second_device: float = 0.55
    new_device: float = 420.0
    cookie_life: float = 150.0
    no_cookies: float = 0.04
    private_mode: float = 0.012
    shared_device: float = 0.02
    mistyped: float = 0.06
    full_models: float = 0.5
    """Share of Android phones that name their model."""

    # where they are
    static: float = 0.25
    daily: float = 0.25
    lease: float = 45.0
    v6: float = 0.4
    v6_daily: float = 0.3
    carrier_pool: int = 256
    carrier_regions: int = 4
    office: float = 0.45
    office_people: int = 40
    vpn_people: float = 0.06
    vpn_use: float = 0.6
    elsewhere: float = 0.05
    trips: float = 2.2
    """A year."""
    roaming: float = 0.4
    moves: float = 900.0

    # who attacks; numbers are logins with the right password
    naive: int = 500
    vpn: int = 500
    targeted: int = 500
    stuffing: int = 300
    stuffing_proxy: int = 300
    stealer: int = 400
    same_provider: float = 0.4
    stale_agent: float = 0.3
    their_hours: float = 0.9
    thief_near: float = 0.35
    thief_vpn: float = 0.35
    other_agent: float = 0.06
    """Thieves whose browser says what it is."""
    campaign: int = 12
    """Attempts that one attacker makes from one place before moving on."""


HOME = Setting("home", 101)
FITTED = (
    HOME,
    Setting(
        "mobile",
        102,
        countries={"IN": 0.9, "AE": 0.03, "GB": 0.03, "US": 0.02, "SG": 0.02},
        phones=0.82,
        second_device=0.3,
        static=0.1,
        daily=0.4,
        v6=0.6,
        office=0.2,
        cookie_life=90.0,
        carrier_pool=512,
        carrier_regions=8,
        private_mode=0.02,
        logins=4.0,
        same_provider=0.55,
        stale_agent=0.1,
        thief_near=0.5,
    ),
    Setting(
        "office",
        103,
        countries={"US": 0.8, "CA": 0.08, "GB": 0.05, "MX": 0.04, "DE": 0.03},
        phones=0.22,
        office=0.85,
        office_people=120,
        static=0.5,
        daily=0.05,
        v6=0.25,
        logins=12.0,
        spread=0.8,
        vpn_people=0.15,
        no_cookies=0.02,
        campaign=4,
        same_provider=0.25,
        thief_vpn=0.5,
        trips=4.0,
    ),
    Setting(
        "many_countries",
        104,
        countries={"FR": 0.25, "ES": 0.2, "IT": 0.2, "BR": 0.15, "MX": 0.1, "US": 0.1},
        static=0.2,
        daily=0.15,
        lease=20.0,
        trips=3.5,
        roaming=0.6,
        elsewhere=0.1,
        cookie_life=220.0,
        new_device=300.0,
        their_hours=0.5,
        stale_agent=0.5,
        campaign=40,
        thief_near=0.15,
        full_models=0.9,
    ),
    Setting(
        "rare",
        105,
        countries={"GB": 0.92, "IE": 0.04, "ES": 0.02, "AU": 0.02},
        people=3000,
        logins=1.6,
        spread=1.3,
        cookie_life=110.0,
        no_cookies=0.06,
        joining=0.6,
        shared_device=0.05,
        v6_daily=0.1,
        vpn_people=0.1,
        campaign=1,
        same_provider=0.35,
        other_agent=0.02,
    ),
)
"""The sheets are fitted on these; the tests never see them."""

TESTED = (
    Setting(
        "test_home",
        201,
        countries={"NL": 0.85, "BE": 0.07, "DE": 0.05, "US": 0.03},
        phones=0.5,
        static=0.35,
        daily=0.1,
        trips=2.8,
        campaign=8,
    ),
    Setting(
        "test_mobile",
        202,
        countries={"ID": 0.94, "SG": 0.03, "AU": 0.03},
        phones=0.75,
        office=0.15,
        static=0.15,
        daily=0.2,
        v6=0.2,
        carrier_pool=1024,
        carrier_regions=3,
        logins=6.0,
        cookie_life=120.0,
        private_mode=0.015,
        same_provider=0.5,
        stale_agent=0.2,
        thief_near=0.3,
    ),
    Setting(
        "test_leases",
        203,
        countries={"DE": 0.95, "CH": 0.03, "AT": 0.02},
        static=0.05,
        daily=0.7,
        lease=10.0,
        v6=0.5,
        v6_daily=0.8,
        phones=0.35,
        no_cookies=0.06,
        same_provider=0.3,
        their_hours=1.0,
        thief_near=0.45,
        campaign=20,
    ),
    Setting(
        "test_privacy",
        204,
        countries={"SE": 0.6, "NO": 0.2, "DK": 0.12, "FI": 0.08},
        vpn_people=0.18,
        no_cookies=0.08,
        private_mode=0.03,
        cookie_life=70.0,
        v6=0.3,
        static=0.4,
        elsewhere=0.08,
        same_provider=0.3,
        thief_vpn=0.6,
        thief_near=0.3,
        campaign=2,
    ),
    Setting(
        "test_attackers",
        205,
        countries={"BR": 0.9, "PT": 0.05, "US": 0.05},
        phones=0.6,
        logins=4.0,
        spread=1.3,
        same_provider=0.65,
        stale_agent=0.0,
        their_hours=1.0,
        thief_near=0.6,
        thief_vpn=0.2,
        other_agent=0.0,
        campaign=1,
        mistyped=0.12,
        joining=0.5,
    ),
    Setting(
        "test_small",
        206,
        countries={"AU": 0.88, "NZ": 0.06, "GB": 0.03, "JP": 0.03},
        people=220,
        logins=14.0,
        naive=200,
        vpn=200,
        targeted=200,
        stuffing=60,
        stuffing_proxy=60,
        stealer=160,
        phones=0.45,
        office=0.6,
        office_people=60,
        trips=3.0,
    ),
)

ALL = {setting.name: setting for setting in (*FITTED, *TESTED)}


def smaller(setting: Setting, share: float) -> Setting:
    """The same site with fewer people and as many fewer attackers."""
    numbers = {name: max(1, round(getattr(setting, name) * share)) for name in ("people", *KINDS)}
    return replace(setting, **numbers)


KINDS = ("naive", "vpn", "targeted", "stuffing", "stuffing_proxy", "stealer")
