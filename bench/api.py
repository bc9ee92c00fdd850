"""A program that signs in by the JSON API, request by request, as a flow like
those of the pages.
"""

import json
from collections.abc import Callable
from typing import Any

from bench.flows import Journey, Step, approve, fetch_inbox
from bench.people import PASSWORD
from bench.web import JSON, BadAnswer


def _call(journey: Journey, path: str, expected: int, **body: str) -> dict[str, Any]:
    answer = journey.browser.send(
        "POST", f"/v1/auth/{path}", json.dumps(body).encode(), {"Content-Type": JSON}
    )
    journey.statements = answer.statements
    if answer.status != expected:
        raise BadAnswer(
            f"{path} answered {answer.status} instead of {expected}:"
            f" {answer.body.decode(errors='replace')[:400]}"
        )
    told: dict[str, Any] = json.loads(answer.body)
    return told


def login(journey: Journey) -> None:
    journey.begin()
    told = _call(journey, "login", 200, username=journey.person.username, password=PASSWORD)
    journey.told = {"reference_id": told["reference_id"]}


def ask(journey: Journey) -> None:
    journey.number = _call(journey, "send-login-push", 202, **journey.told)["number"]


def _poll(expected: int) -> Callable[[Journey], None]:
    def poll(journey: Journey) -> None:
        journey.told |= {
            key: told
            for key, told in _call(journey, "verify-login-push", expected, **journey.told).items()
            if key == "private_key"
        }

    return poll


def collect(journey: Journey) -> None:
    _call(journey, "login-with-mfa", 200, **journey.told)


API: tuple[Step, ...] = (
    ("API: password, more is needed", login),
    ("API: wake the phone", ask),
    ("API: poll, from the database", _poll(202)),
    ("phone: inbox", fetch_inbox),
    ("phone: approve", approve),
    ("API: poll, approved", _poll(200)),
    ("API: the key becomes a token", collect),
)
