"""What the pages for contributors name is there: files, functions, make targets, variables."""

import re
from pathlib import Path

import pytest

from mfaproject.tests.plugin import ROOT

PAGES = sorted(
    [*(ROOT / "docs").glob("**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"],
    key=str,
)
FOLDERS = "accounts|risk|mfa|authenticator|mfaproject|templates|static|e2e|bench|docs"
FILE = re.compile(rf"`((?:{FOLDERS})/[\w./-]*[\w/])(?:: (\w+))?`")
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
MADE = ("bench/.cache", "e2e/artifacts")
"""What a run leaves, and no clone has."""
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)?(?:#([\w-]+))?\)")


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_and_functions_that_a_page_names_are_there(page: Path) -> None:
    missing = []
    for path, name in FILE.findall(page.read_text()):
        if path.startswith(MADE):
            continue
        found = ROOT / path
        if not found.exists():
            missing.append(path)
        elif name and not re.search(rf"\b{name}\b", found.read_text()):
            missing.append(f"{path}: {name}")
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_make_targets_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    said = re.findall(r"^\s*make ([a-z0-9-]+)", blocks, re.MULTILINE)
    said += re.findall(r"`make ([a-z0-9-]+)[^`]*`", text)
    assert set(said) <= TARGETS


def anchor(heading: str) -> str:
    """As the forges make them."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for path, place in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            dead.append(path)
        elif place and target.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            if place not in map(anchor, headings):
                dead.append(f"{path}#{place}")
    assert dead == []
