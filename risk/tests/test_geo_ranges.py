"""Ranges in a file."""

import json
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.geo import ranges
from risk.geo.ranges import MAGIC, BrokenRanges, Range, Ranges, packed, without_overlaps


def made(path: Path, *found: Range) -> Ranges:
    ranges.write(path / "file", found, {"a": 1})
    return Ranges(path / "file")


def span(first: str, last: str, owner: int = 0, name: str = "") -> Range:
    return Range(packed(first), packed(last), owner, name)


@pytest.mark.parametrize(
    ("ip", "owner"),
    [
        ("1.0.0.0", (13335, "Cloudflare, Inc.")),
        ("1.0.0.255", (13335, "Cloudflare, Inc.")),
        ("0.255.255.255", (0, "")),
        ("1.0.1.0", (0, "")),
        ("1.0.2.1", (7, "Ünï")),
        ("1.0.3.1", (0, "")),
        ("255.255.255.255", (9, "")),
        ("2001:db8::", (8, "six")),
        ("2001:db8::ffff", (8, "six")),
        ("2001:db8::1:0", (0, "")),
        ("::", (0, "")),
    ],
)
def test_whose_a_range_is(tmp_path: Path, ip: str, owner: tuple[int, str]) -> None:
    six = span("2001:db8::", "2001:db8::ffff", 8, "six")
    four = (
        span("1.0.0.0", "1.0.0.255", 13335, "Cloudflare, Inc."),
        span("1.0.2.0", "1.0.2.255", 7, "Ünï"),
        span("1.0.3.0", "1.0.3.255"),
    )
    found = made(tmp_path, *four, span("255.255.255.255", "255.255.255.255", 9), six)
    assert found.owner(packed(ip)) == owner
    assert len(found) == 5


@given(
    st.sets(st.tuples(st.integers(0, 2**32 - 1), st.integers(20, 32)), max_size=30),
    st.lists(st.integers(0, 2**32 - 1), max_size=30),
)
def test_covers_what_any_network_covers(
    tmp_path_factory: pytest.TempPathFactory, nets: set[tuple[int, int]], asked: list[int]
) -> None:
    networks = [ip_network((number, length), strict=False) for number, length in nets]
    found = made(tmp_path_factory.mktemp("ranges"), *ranges.of_networks(networks))
    for number in (
        *asked,
        *(int(net.network_address) for net in networks),
        *(int(net.broadcast_address) for net in networks),
    ):
        address = ip_address(number)
        assert found.covers(address.packed) == any(address in net for net in networks)


@pytest.mark.parametrize(
    "wrong",
    [
        (span("1.0.0.0", "1.0.0.9"), span("1.0.0.9", "1.0.0.10")),
        (span("2.0.0.0", "2.0.0.9"), span("1.0.0.0", "1.0.0.9")),
        (span("1.0.0.9", "1.0.0.0"),),
        (Range(packed("1.0.0.9"), packed("::1")),),
    ],
)
def test_what_overlaps_or_is_out_of_order_is_refused(
    tmp_path: Path, wrong: tuple[Range, ...]
) -> None:
    with pytest.raises(ValueError, match="out of order"):
        made(tmp_path, *wrong)


def test_a_slip_of_a_published_table_is_mended() -> None:
    slip = (span("1.0.0.0", "1.0.0.99", 1), span("1.0.0.50", "1.0.0.120", 2), span("::1", "::2", 3))
    assert list(without_overlaps(slip)) == [
        span("1.0.0.0", "1.0.0.49", 1),
        span("1.0.0.50", "1.0.0.120", 2),
        span("::1", "::2", 3),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"something else",
        MAGIC,
        MAGIC + b"{}\n",
        MAGIC + b"no json\n",
        MAGIC + b'{"v4": 1, "v6": 0, "records": 0, "facts": {}}\n',
        MAGIC + b'{"v4": 1, "v6": 0, "records": 0, "facts": {}}\n' + bytes(11),
        MAGIC + json.dumps({"v4": "x", "v6": 0, "records": 0, "facts": {}}).encode() + b"\n",
    ],
)
def test_a_broken_file_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BrokenRanges):
        Ranges(tmp_path / "file")


def test_facts_come_back(tmp_path: Path) -> None:
    assert made(tmp_path).facts == {"a": 1}


def test_a_column_is_a_sequence(tmp_path: Path) -> None:
    found = made(tmp_path, span("1.0.0.0", "1.0.0.1"), span("1.0.0.4", "1.0.0.5"))
    assert found._columns[4][0][0:2] == [packed("1.0.0.0"), packed("1.0.0.4")]
