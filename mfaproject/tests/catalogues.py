"""Reads what translators wrote, what was compiled of it, and which texts the tree asks for. Needs
no gettext tools.
"""

import ast
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = settings.BASE_DIR / "mfaproject" / "locale"
APPS = ("accounts", "authenticator", "mfa", "mfaproject", "risk")
# What the arguments of each function are, as the extractor sees them.
SHAPES = {
    name: shape
    for shape, names in {
        ("id",): ("_", "gettext", "gettext_lazy", "gettext_noop"),
        ("id", "plural"): ("ngettext", "ngettext_lazy"),
        ("context", "id"): ("pgettext", "pgettext_lazy"),
        ("context", "id", "plural"): ("npgettext", "npgettext_lazy"),
    }.items()
    for name in names
}
_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<!\w)({'|'.join(SHAPES)})\(\s*({_LITERAL}(?:,\s*{_LITERAL})*)")
_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')


@dataclass(frozen=True, slots=True)
class Text:
    """What code asks for: "" where there is no context or no plural."""

    id: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A text and what a translator made of it: one string, or one for each plural form."""

    text: Text
    said: tuple[str, ...]
    is_fuzzy: bool
    is_obsolete: bool


def written(path: Path) -> list[Entry]:
    """The entries of a .po file, without its header, which is `header(path)`."""
    return [entry for entry in _entries(path) if entry.text.id]


def header(path: Path) -> str:
    """The header of a .po file, as it is compiled."""
    return next(entry.said[0] for entry in _entries(path) if not entry.text.id)


def _entries(path: Path) -> Iterator[Entry]:
    for block in re.split(r"\n{2,}", path.read_text().strip()):
        lines = block.splitlines()
        flags = ",".join(line for line in lines if line.startswith("#,"))
        parts = _parts(line.removeprefix("#~ ") for line in lines)
        said = tuple(value for name, value in parts.items() if name.startswith("msgstr"))
        text = Text(parts.get("msgid", ""), parts.get("msgid_plural", ""), parts.get("msgctxt", ""))
        yield Entry(text, said, "fuzzy" in flags, "#~" in block)


def _parts(lines: Iterator[str]) -> dict[str, str]:
    parts: dict[str, str] = {}
    name = ""
    for line in lines:
        if found := _LINE.fullmatch(line):
            name = found[1] or name
            parts[name] = parts.get(name, "") + ast.literal_eval(found[2])
    return parts


def compiled(path: Path) -> dict[str, str]:
    """A .mo file as it is: context, text and plural in one key, plural forms in one value, with the
    format's own separators."""
    raw = path.read_bytes()
    magic, _revision, count, keys, values = struct.unpack_from("<5I", raw)
    assert magic == 0x950412DE

    def string(table: int, number: int) -> str:
        length, start = struct.unpack_from("<2I", raw, table + 8 * number)
        return raw[start : start + length].decode()

    return {string(keys, number): string(values, number) for number in range(count)}


def key(text: Text) -> str:
    """The same spelling for a text of a .po file."""
    context = f"{text.context}\x04" if text.context else ""
    return context + text.id + (f"\0{text.plural}" if text.plural else "")


def _templates(root: Path) -> list[Path]:
    """Those of the site, and those in the folders of factors."""
    folders = [root / "templates", *(root / "mfa" / "factors").glob("*/templates")]
    return [path for folder in folders for path in folder.rglob("*")]


def asked_for() -> dict[Text, str]:
    """Every text of the tree, with a file where it stands."""
    root = settings.BASE_DIR
    found: dict[Text, str] = {}
    for path in sorted(
        path for app in APPS for path in (root / app).rglob("*.py") if "tests" not in path.parts
    ):
        found |= dict.fromkeys(in_python(path.read_text()), str(path.relative_to(root)))
    for path in sorted(path for path in _templates(root) if path.suffix in (".html", ".txt")):
        found |= dict.fromkeys(in_template(path.read_text()), str(path.relative_to(root)))
    return found


def in_python(source: str) -> list[Text]:
    """The texts of a module. Raises ValueError for a text that is put together,
    which no extractor can see."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    named = ((_name(node.func), node) for node in calls)
    return [
        _text(name, [ast.literal_eval(part) for part in node.args[: len(SHAPES[name])]])
        for name, node in named
        if name in SHAPES
    ]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def in_template(source: str) -> list[Text]:
    """The texts of a template, in the spelling that Django gives to extractors: `{{ name }}` as
    `%(name)s`, trimmed where it says so."""
    return [
        _text(found[1], [ast.literal_eval(literal) for literal in re.findall(_LITERAL, found[2])])
        for found in _CALL.finditer(templatize(source))
    ]


def _text(function: str, literals: list[str]) -> Text:
    return Text(**dict(zip(SHAPES[function], literals, strict=False)))
