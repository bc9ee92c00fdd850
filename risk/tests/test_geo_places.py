"""What files say, in the layouts that people have."""

from typing import Any

import pytest

from risk.geo.places import LONGEST_NAME, country_of, owner_of, read_number


@pytest.mark.parametrize(
    ("record", "country"),
    [
        ({"country_code": "GB"}, "GB"),
        ({"country_code": "gb"}, "GB"),
        (
            {
                "country": {"iso_code": "FR", "names": {"en": "France"}},
                "registered_country": {"iso_code": "US"},
            },
            "FR",
        ),
        ({"registered_country": {"iso_code": "US"}}, "US"),
        ({"country": "DE", "country_name": "Germany", "asn": "AS24940"}, "DE"),
        ({"country": "Germany", "country_code": "DE"}, "DE"),
        ({"country": "Germany"}, ""),
        ({"country_code": "ZZ"}, ""),
        ({"country_code": "EU"}, ""),
        ({"country_code": ""}, ""),
        ({"country_code": 7}, ""),
        ({"country": {"iso_code": ["FR"]}}, ""),
        ({}, ""),
        (None, ""),
        ("GB", ""),
        ([], ""),
    ],
)
def test_countries(record: Any, country: str) -> None:
    assert country_of(record) == country


@pytest.mark.parametrize(
    ("record", "owner"),
    [
        (
            {
                "autonomous_system_number": 24940,
                "autonomous_system_organization": "Hetzner Online GmbH",
            },
            (24940, "Hetzner Online GmbH"),
        ),
        (
            {"asn": "AS24940", "as_name": "Hetzner Online GmbH", "as_domain": "hetzner.com"},
            (24940, "Hetzner Online GmbH"),
        ),
        ({"asn": "AS24940", "name": "Hetzner Online GmbH"}, (24940, "Hetzner Online GmbH")),
        ({"asn": 24940}, (24940, "")),
        ({"asn": "24940"}, (24940, "")),
        ({"asn": "AS0", "as_name": "nobody"}, (0, "")),
        ({"as_name": "a name alone"}, (0, "")),
        ({"asn": "AS24940", "as_name": " two\nlines\u202e \x00"}, (24940, "two lines")),
        ({"asn": 1, "as_name": "x" * 500}, (1, "x" * LONGEST_NAME)),
        ({"asn": None, "as_name": None}, (0, "")),
        (None, (0, "")),
    ],
)
def test_owners(record: Any, owner: tuple[int, str]) -> None:
    assert owner_of(record) == owner


@pytest.mark.parametrize(
    "value", ["AS", "", "AS-1", "1.5", "AS99999999999", 2**32, -1, None, 1.5, "AS１２", {}]
)
def test_what_is_no_number(value: Any) -> None:
    assert read_number(value) == 0
