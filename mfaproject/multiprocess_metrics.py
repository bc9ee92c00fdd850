"""Metrics of several processes that serve together: each writes a file, and any of them tells for
all.

prometheus_client decides when it is first imported how it counts, by a variable. So settings call
`together` before anything of ours counts, and only `serve` is one of several that belong together.
"""

import os
import shutil
import sys
import tempfile

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def together() -> None:
    """A fresh folder for what is counted, where this process is the parent of those who serve."""
    if sys.argv[1:2] == ["serve"]:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="nod-metrics-")


def forget() -> None:
    """At the end of the parent."""
    shutil.rmtree(os.environ.pop(VARIABLE, ""), ignore_errors=True)
