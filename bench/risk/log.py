"""Writes and reads the log of a setting, in the format of the outside evaluation."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.risk.attackers import Attackers, Victims
from bench.risk.dice import Dice
from bench.risk.life import Life, Row
from bench.risk.lines import Wiring
from bench.risk.people import Town
from bench.risk.settings import Setting
from bench.risk.world import world

COLUMNS = (
    "ts",
    "user_id",
    "ip",
    "country",
    "asn",
    "ua",
    "device_cookie",
    "device_cookie_set",
    "success",
    "label",
)


def simulate(setting: Setting) -> list[Row]:
    """Everything that happens in a setting, in the order of time."""
    dice = Dice(setting.seed)
    around = world(setting, dice)
    wiring = Wiring(setting, dice, around)
    town = Town(setting, dice, wiring)
    people = town.people()
    good = sorted(
        (row for person in people for row in Life(setting, dice, town, wiring, person).rows()),
        key=lambda row: row.at,
    )
    attacks = Attackers(setting, dice, around, Victims(dice, people, good)).rows()
    return sorted([*good, *attacks], key=lambda row: row.at)


def attempt(row: Row) -> dict[str, Any]:
    """As a scorer sees it, without what it must not know."""
    ip, country, asn = row.place
    return {
        "ts": row.at,
        "user_id": row.user,
        "ip": ip,
        "country": country,
        "asn": asn,
        "ua": row.agent,
        "device_cookie": row.cookie,
    }


def write(rows: list[Row], path: Path) -> None:
    with gzip.open(path, "wt", newline="", compresslevel=3) as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            known = attempt(row) | {
                "ts": f"{row.at:.1f}",
                "device_cookie_set": row.given,
                "success": int(row.ok),
                "label": row.label,
            }
            writer.writerow(known)


def read(path: Path) -> Iterator[tuple[dict[str, Any], str, bool, str]]:
    """Attempts with the identifier that was given, whether the password was
    right, and the label."""
    with gzip.open(path, "rt", newline="") as file:
        for line in csv.DictReader(file):
            given, right, label = (
                line.pop("device_cookie_set"),
                line.pop("success") == "1",
                line.pop("label"),
            )
            yield line | {"ts": float(line["ts"]), "asn": int(line["asn"])}, given, right, label
