"""The operations of the OpenAPI document as the tree has it.

Read by lines: a thousand times faster than YAML, and each run of any test collects these.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
_LINES = re.findall(
    r"^  (/v1/\S+):$|^    (get|post|patch|put|delete):$", WRITTEN.read_text(), re.MULTILINE
)
_PATHS: Iterator[str] = accumulate(
    (path for path, _ in _LINES), lambda before, path: path or before
)
OPERATIONS = [(path, method) for path, (_, method) in zip(_PATHS, _LINES, strict=True) if method]
METHODS = {
    path: {method.upper() for other, method in OPERATIONS if other == path}
    for path, _ in OPERATIONS
}
"""Path → what can be done there."""


def filled(path: str) -> str:
    """With ids of the right shape, of nothing that exists."""
    return re.sub(r"\{\w+\}", "x" * 22, path)
