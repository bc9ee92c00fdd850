"""The rules that `make check` holds templates to (`.djlint_rules.yaml`) find what they are for."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow  # starts a program

LONG = "word " * 20 + "word"
WRONG = {
    "a branch and its other one": ("Y001", "{% if a %}x{% else %}y{% endif %}"),
    "one inside another": ("Y001", "{% for a in b %}{% if a %}x{% endif %}{% endfor %}"),
    "a block around a branch": ("Y001", "{% block title %}{% if a %}x{% endif %}{% endblock %}"),
    "one ends, one begins": ("Y001", "{% endif %}{% if a %}x{% endif %}{% if b %}y{% endif %}"),
    "in one attribute": ("Y001", '<p class="{% if a %}x{% else %}y{% endif %}">z</p>'),
    "long text": ("Y002", f"<p>{LONG}</p>"),
    "a long tag and more": ("Y002", f'{{% translate "{LONG}" %}}{{% if a %}}x{{% endif %}}'),
    "a long attribute and more": ("Y002", f'<p class="x" title="{LONG}">x</p>'),
}
RIGHT = {
    "a branch a line": "{% if a %}\n  x\n{% else %}\n  y\n{% endif %}",
    "a short one in a tag": '<p{% if a %} class="x"{% endif %}>y</p>',
    "one that ends before": "{% endif %}{% if a %}x{% endif %}",
    "a long sentence alone": f'{{% translate "{LONG}" %}}',
    "a long sentence in its tags": f'<li><span>{{% translate "{LONG}" %}}</span></li>',
    "a long attribute alone": f'<p\n  title="{LONG}">\n  x\n</p>',
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Which of our rules speak up, by case."""
    folder = tmp_path_factory.mktemp("templates")
    cases = {name: text for name, (_rule, text) in WRONG.items()} | RIGHT
    names = {f"case{number}": name for number, name in enumerate(cases)}
    for file, name in names.items():
        Path(folder, f"{file}.html").write_text(cases[name] + "\n")
    rules = settings.BASE_DIR / ".djlint_rules.yaml"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "djlint", str(folder), "--lint", "--quiet"),
            *("--profile", "django", "--rules", str(rules)),
            *("--linter-output-format", "{filename} {code}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    seen: dict[str, set[str]] = {name: set() for name in cases}
    for file, code in re.findall(r"(case\d+)\.html (Y\d+)", run.stdout):
        seen[names[file]].add(code)
    return seen


@pytest.mark.parametrize("case", WRONG)
def test_what_reads_badly_is_named(found: dict[str, set[str]], case: str) -> None:
    assert found[case] == {WRONG[case][0]}


@pytest.mark.parametrize("case", RIGHT)
def test_what_reads_well_passes(found: dict[str, set[str]], case: str) -> None:
    assert found[case] == set()
