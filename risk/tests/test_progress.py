"""A line that shows how far a command is."""

import io
import time

import pytest

from risk.geo.progress import REDRAW, WIDTH, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Each look at the time is a second later."""
    told = [100.0]

    def later() -> float:
        told[0] += 1.0
        return told[0]

    monkeypatch.setattr(time, "monotonic", later)
    return told


def last(stream: io.StringIO) -> str:
    return stream.getvalue().rpartition("\r")[2]


@pytest.mark.parametrize(
    ("done", "total", "full", "share"),
    [
        (0, 4, 0, "  0 %"),
        (1, 4, 7, " 25 %"),
        (4, 4, 30, "100 %"),
        (9, 4, 30, "100 %"),
        (0, 0, 0, "  0 %"),
    ],
)
def test_a_terminal_sees_a_bar(
    moments: list[float], done: int, total: int, full: int, share: str
) -> None:
    stream = Terminal()
    bar = Progress(stream, "Reading", total)
    bar.to(done)
    assert last(stream) == f"Reading {'█' * full}{'·' * (WIDTH - full)} {share}"
    assert bar.done == done


def test_it_is_gone_when_the_work_is_done(moments: list[float]) -> None:
    stream = Terminal()
    with Progress(stream, "Reading", 2) as bar:
        bar.to(1)
    assert stream.getvalue().endswith("\r\x1b[K")


def test_whoever_reads_a_log_sees_nothing(moments: list[float]) -> None:
    stream = io.StringIO()
    with Progress(stream, "Reading", 2) as bar:
        bar.to(2)
    assert (stream.getvalue(), bar.done) == ("", 2)


def test_it_is_drawn_now_and_then_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    stream = Terminal()
    bar = Progress(stream, "Reading", 10)
    for done in range(5):
        bar.to(done)
        now[0] += REDRAW / 2.5
    assert stream.getvalue().count("\r") == 2
    assert bar.done == 4


def test_work_may_learn_on_the_way_how_much_there_is(moments: list[float]) -> None:
    stream = Terminal()
    bar = Progress(stream, "Reading", 1)
    bar.of(1, 2)
    assert last(stream).endswith(" 50 %")
    bar.of(0, 0)
    assert last(stream).endswith("  0 %")
