"""Every example of the OpenAPI document, sent as it stands, gets the answer that the document
shows. A new operation needs a scene.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.tests import contract
from mfaproject.front.held import LOOK
from mfaproject.lib.openapi import EVENTS
from mfaproject.lib.testing import FrozenClock
from mfaproject.tests.scenes import SCENES, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages_in_memory")]
Promise = tuple[str, str, dict[str, Any], str, Any]


def promises() -> Iterator[tuple[tuple[str, str], Promise]]:
    """Every good answer of the document: operation and example → method, path, operation, status,
    and the example, None for no body."""
    for path, methods in contract.document()["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if status < "300":
                    for name, value in cases(operation, status, answer):
                        yield (
                            (operation["operationId"], name),
                            (method.upper(), path, operation, status, value),
                        )


def cases(
    operation: dict[str, Any], status: str, answer: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """By the request's examples where it has several, else by the answer's."""
    shown = (
        next(iter(answer["content"].values()))["examples"]
        if "content" in answer
        else {status: {"value": None}}
    )
    sent = requests(operation)
    for name in sent if len(sent) > 1 else shown:
        yield name, shown.get(name, next(iter(shown.values())))["value"]


def requests(operation: dict[str, Any]) -> dict[str, Any]:
    """The examples of what is sent."""
    found: dict[str, Any] = (
        operation["requestBody"]["content"]["application/json"]["examples"]
        if "requestBody" in operation
        else {}
    )
    return found


def alike(example: Any, told: Any) -> bool:
    """Whether two values have the same members of the same types. Null stands for any."""
    if example is None or told is None:
        return True
    if isinstance(example, dict):
        return example.keys() == told.keys() and all(
            alike(value, told[name]) for name, value in example.items()
        )
    if isinstance(example, list):
        return (
            isinstance(told, list)
            and bool(example) is bool(told)
            and all(alike(example[0], one) for one in told)
        )
    return type(example) is type(told)


def filled(path: str, operation: dict[str, Any]) -> str:
    """The path with the examples of its parameters, and a query of them."""
    values = {
        (one["in"], one["name"]): next(iter(one["examples"].values()))["value"]
        for one in operation.get("parameters", [])
    }
    query = "&".join(
        f"{name}={value}" for (place, name), value in values.items() if place == "query"
    )
    return re.sub(r"\{(\w+)\}", lambda found: values["path", found[1]], path) + (
        f"?{query}" if query else ""
    )


def asked(operation: dict[str, Any], name: str) -> Any:
    """The request's example of that name, else the one there is; None where no body is wanted."""
    sent = requests(operation)
    return sent.get(name, next(iter(sent.values())))["value"] if sent else None


def test_every_example_has_a_scene() -> None:
    assert SCENES.keys() == dict(promises()).keys()


def test_every_request_has_an_example_and_every_parameter_too() -> None:
    for path, methods in contract.document()["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", []):
                assert parameter.get("examples"), (method, path, parameter["name"])
            if "requestBody" in operation:
                assert requests(operation), (method, path)


@pytest.mark.parametrize(("operation", "name"), SCENES, ids=[" ".join(key) for key in SCENES])
def test_an_example_is_answered_as_the_document_shows(
    operation: str, name: str, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock, settings: Any
) -> None:
    method, path, described, status, example = dict(promises())[operation, name]
    scene = Scene(monkeypatch, clock, settings)
    SCENES[operation, name](scene)
    answer = scene.send(method, filled(path, described), asked(described, name))
    assert answer.status_code == int(status), answer.content
    if isinstance(example, str):
        assert (example.encode(), answer["Content-Type"]) == (LOOK, EVENTS), "what the front sends"
    elif example is not None:
        assert alike(example, answer.json()), (example, answer.json())
