"""Taking lessons back, and letting go."""

from datetime import UTC, datetime, timedelta

import pytest

from risk.history import counts, expire
from risk.login import chains
from risk.login.history import HALF_LIFE
from risk.models import FeatureCount
from risk.tests.helpers import HOME, HOME_TOO

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000


def teach(ip: str, at: int = NOW) -> dict[str, object]:
    lesson = counts.lesson(7, (chains.address(ip),), "strong")
    counts.learn(lesson, at)
    return lesson.noted(at)


def levels() -> dict[str, tuple[float, int, int]]:
    return {
        row.level: (round(row.n, 6), row.times, row.distinct)
        for row in FeatureCount.objects.order_by("id")
    }


def test_what_only_that_login_showed_is_gone() -> None:
    expire.unlearn(7, teach(HOME))
    assert levels() == {}


def test_what_others_showed_too_stays_as_if_it_had_never_been() -> None:
    teach(HOME)
    before = levels()
    expire.unlearn(7, teach(HOME_TOO))
    assert levels() == before


def test_a_lesson_is_taken_back_with_the_weight_it_has_by_now() -> None:
    noted = teach(HOME)
    teach(HOME, NOW + int(HALF_LIFE))
    expire.unlearn(7, noted)
    assert levels()["address"] == (1.0, 1, 0)


def test_another_accounts_counts_are_not_touched() -> None:
    noted = teach(HOME)
    expire.unlearn(8, noted)
    assert levels()["address"] == (1.0, 1, 0)


def sweep_a_day(now: datetime) -> int:
    """Every minute of a day, once."""
    width = FeatureCount.objects.order_by("-pk")[0].pk // expire.SLICES + 1
    minutes = FeatureCount.objects.order_by("-pk")[0].pk // width + 1
    start = now.replace(hour=0, minute=0)
    return sum(expire.prune(start + timedelta(minutes=minute)) for minute in range(minutes))


def test_unused_counts_are_dropped_within_a_day_and_used_ones_kept() -> None:
    teach(HOME)
    teach(HOME_TOO, NOW + 170 * 86_400)
    assert sweep_a_day(datetime.fromtimestamp(NOW, UTC) + timedelta(days=181)) == 1
    assert set(levels()) == {"all", "network", "address"}
    assert levels()["network"][2] == 1


def test_nothing_to_drop_is_no_trouble() -> None:
    assert expire.prune(datetime.fromtimestamp(NOW, UTC)) == 0
