"""The OpenAPI document in the order in which people read it, for the page at /v1/docs/."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mfaproject.lib.problems import CONTENT_TYPE

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One value that is sent or told. `name` says where it is inside: `results[].id`."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Sample:
    """An example as JSON; `name` tells several apart."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A good end. `shapes`: the fields, for each form that it may have."""

    status: str
    shapes: tuple[tuple[Field, ...], ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Another end, by its code."""

    status: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. `caller`: "" for anybody, else the name of the security scheme."""

    id: str
    method: str
    path: str
    summary: str
    caller: str
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    samples: tuple[Sample, ...]
    curl: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Operations that belong together."""

    name: str
    about: str
    operations: tuple[Operation, ...]

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


def sections(document: Schema, origin: str) -> tuple[Section, ...]:
    """All of them, as the document orders them. `origin`: where the lines for curl go."""
    found = list(_Reading(document, origin).operations())
    return tuple(
        Section(
            tag["name"],
            _plain(tag["description"]),
            tuple(one for name, one in found if name == tag["name"]),
        )
        for tag in document["tags"]
    )


def a_refusal(document: Schema) -> str:
    """One as an example of all: a field that is missing at the login."""
    examples = document["paths"]["/v1/auth/login"]["post"]["responses"]["400"]["content"][
        CONTENT_TYPE
    ]["examples"]
    return _json(next(iter(examples.values()))["value"])


def _plain(text: str) -> str:
    """Without the ticks of Markdown, in which documents are written."""
    return text.replace("`", "")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Reading:
    document: Schema
    origin: str

    def operations(self) -> Iterator[tuple[str, Operation]]:
        """Each with the name of its section."""
        for path, methods in self.document["paths"].items():
            for method, said in methods.items():
                yield said["tags"][0], self._operation(path, method.upper(), said)

    def _operation(self, path: str, method: str, said: Schema) -> Operation:
        body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
        caller = next((name for scheme in said["security"] for name in scheme), "")
        answers = {status: answer for status, answer in said["responses"].items() if status < "300"}
        return Operation(
            id=said["operationId"],
            method=method,
            path=path,
            summary=_plain(said["summary"]),
            caller=caller,
            parameters=tuple(self._parameter(one) for one in said.get("parameters", [])),
            fields=tuple(self._fields(body["schema"])) if body else (),
            samples=_samples(body),
            curl="" if caller == "device" else self._curl(path, method, said, body, caller),
            answers=tuple(self._answer(status, answer) for status, answer in answers.items()),
            refusals=tuple(_refusals(said["responses"])),
        )

    def _parameter(self, said: Schema) -> Field:
        place = {"path": "in the path", "query": "in the query", "header": "header"}[said["in"]]
        return Field(
            said["name"],
            f"{self._kind(said['schema'])}, {place}",
            said.get("required", False),
            _plain(said.get("description", "")),
        )

    def _answer(self, status: str, said: Schema) -> Answer:
        content = said.get("content", {}).get("application/json", {})
        whole = self._found(content.get("schema", {}))
        shapes = whole.get("oneOf", [whole])
        return Answer(
            status, tuple(tuple(self._fields(shape)) for shape in shapes), _samples(content)
        )

    def _found(self, schema: Schema) -> Schema:
        """What a reference leads to."""
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def _fields(self, schema: Schema, inside: str = "") -> Iterator[Field]:
        shape = self._found(schema)
        for name, each in shape.get("properties", {}).items():
            found = self._found(each)
            about = each.get("description") or (
                "" if "properties" in found else found.get("description", "")
            )
            yield Field(
                inside + name, self._kind(each), name in shape.get("required", []), _plain(about)
            )
            if "items" in found:
                yield from self._fields(found["items"], f"{inside}{name}[].")
            for one in found.get("oneOf", [found]):
                yield from self._fields(one, f"{inside}{name}.")

    def _kind(self, schema: Schema) -> str:
        """In words: `text`, `text or null`, `list of texts`, `"approve" or "deny"`."""
        found = self._found(schema)
        if "oneOf" in found:
            return " or ".join(self._kind(one) for one in found["oneOf"])
        if "const" in found or "enum" in found:
            return " or ".join(
                json.dumps(value)
                for value in [
                    *found.get("enum", []),
                    *([found["const"]] if "const" in found else []),
                ]
            )
        if found.get("type") == "array":
            return f"list of {self._kind(found['items'])}s"
        kinds = found.get("type", "anything")
        words = [
            _WORDS.get((kind, found.get("format", "")), _WORDS[kind, ""])
            for kind in ([kinds] if isinstance(kinds, str) else kinds)
        ]
        return " or ".join(words)

    def _curl(self, path: str, method: str, said: Schema, body: Schema, caller: str) -> str:
        values = {
            one["name"]: next(iter(one["examples"].values()))["value"]
            for one in said.get("parameters", [])
            if one["in"] != "header"
        }
        query = "&".join(
            f"{one['name']}={values[one['name']]}"
            for one in said.get("parameters", [])
            if one["in"] == "query"
        )
        address = self.origin + path.format_map(values) + (f"?{query}" if query else "")
        parts = [f"--request {method} {shlex.quote(address)}"]
        if caller:
            parts.append("--header 'Authorization: Bearer <token>'")
        if body:
            sent = next(iter(body["examples"].values()))["value"]
            parts += [
                "--header 'Content-Type: application/json'",
                f"--data {shlex.quote(_json(sent))}",
            ]
        return " \\\n    ".join(["curl " + parts[0], *parts[1:]])


_WORDS = {
    ("string", ""): "text",
    ("string", "date-time"): "time",
    ("string", "email"): "e-mail address",
    ("string", "uri"): "link",
    ("integer", ""): "whole number",
    ("boolean", ""): "true or false",
    ("object", ""): "object",
    ("null", ""): "null",
    ("anything", ""): "anything",
}


def _samples(content: Schema) -> tuple[Sample, ...]:
    examples = content.get("examples", {})
    names = {
        key: example.get("summary", key) if len(examples) > 1 else ""
        for key, example in examples.items()
    }
    return tuple(Sample(names[key], _json(example["value"])) for key, example in examples.items())


def _refusals(responses: Schema) -> Iterator[Refusal]:
    for status, said in responses.items():
        for example in said.get("content", {}).get(CONTENT_TYPE, {}).get("examples", {}).values():
            yield Refusal(status, example["value"]["code"], example["value"]["detail"])
