"""The server that browsers talk to."""

import re
import shutil
from pathlib import Path

from e2e.outbox import Outbox
from mfaproject.tests.serving import Served


class Nod(Served):
    """`origin` is what people type, `authenticator_origin` where phones go,
    `outbox` what would have been mailed."""

    def __init__(self, folder: Path, **variables: str) -> None:
        super().__init__(
            folder,
            **{
                "PUBLIC_ORIGIN": "http://localhost:{port}",
                "DJANGO_SETTINGS_MODULE": "e2e.settings",
                **variables,
            },
        )
        self.origin = self.variables["PUBLIC_ORIGIN"]
        self.authenticator_origin = self.variables.get("AUTHENTICATOR_ORIGIN", self.origin)
        self.outbox = Outbox(self.data_dir / "outbox")

    @property
    def outbox_link(self) -> str:
        """The link to /outbox/ that the start printed."""
        found = re.search(r"https?://\S+/outbox/\?key=\S+", self.printed)
        assert found, f"the start printed no outbox link:\n{self.printed}"
        return found.group()

    def start(self) -> "Nod":
        super().start()
        return self


def copy_of(prepared: Path, folder: Path) -> Path:
    """A folder that starts with migrated tables and collected files, so that a start takes one
    second and not five."""
    shutil.copytree(prepared / "data", folder / "data")
    return folder
