"""Installs the servers that `make e2e-full` puts in front of Nod, with apt where this is root."""

import shutil
import sys
from functools import partial

from e2e.ensure_browser import Need, by_apt, missing

SERVERS = [
    Need(name, partial(shutil.which, command), command, f"{name} from your system's packages")
    for name, command in (("nginx", "nginx"), ("Caddy", "caddy"), ("HAProxy", "haproxy"))
]


def main() -> None:
    lacking = missing(SERVERS)
    if lacking:
        names = ", ".join(need.name for need in lacking)
        print(f"Installing {names} for the tests with other servers (once).", flush=True)
    by_apt(lacking)
    if still := missing(SERVERS):
        sys.exit("\n".join(need.sorry for need in still))


if __name__ == "__main__":
    main()
