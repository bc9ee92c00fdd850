"""`python -m e2e.ensure_full`: what `make e2e-full` needs besides is there afterwards, or the
reason why not is.
"""

import os
import shutil
from functools import partial

from e2e.ensure_browser import Need, ensure
from mfaproject.tests.services import PGBOUNCER


def pgbouncer() -> str | None:
    """On the path, or where Debian keeps it."""
    return shutil.which("pgbouncer") or (PGBOUNCER if os.access(PGBOUNCER, os.X_OK) else None)


POOLER = Need(
    "PgBouncer", pgbouncer, "pgbouncer", "PgBouncer from www.pgbouncer.org             (any user)"
)

SERVERS = [
    Need(name, partial(shutil.which, command), command, f"{name} from your system's packages")
    for name, command in (("nginx", "nginx"), ("Caddy", "caddy"), ("HAProxy", "haproxy"))
]

if __name__ == "__main__":
    ensure([POOLER, *SERVERS], optional=[])
