"""What a factor's folder brings besides Python: `templates/` and `locale/`, found without being an
app of Django.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.loaders import filesystem

from mfa import registry


def folders(name: str) -> list[Path]:
    """The subfolders of that name, of every kind that is known."""
    return [folder / name for folder in _packages() if (folder / name).is_dir()]


def _packages() -> Iterator[Path]:
    for factor in registry.known():
        file = sys.modules[type(factor).__module__].__file__
        if file is not None:
            yield Path(file).parent


class Loader(filesystem.Loader):
    """Finds templates in the folders of factors, after all others."""

    def get_dirs(self) -> list[str | Path]:
        return [*folders("templates")]


def add_translations() -> None:
    """Django looks for catalogues in apps and in LOCALE_PATHS; ours come first there."""
    known = [Path(path) for path in settings.LOCALE_PATHS]
    settings.LOCALE_PATHS = [*known, *(each for each in folders("locale") if each not in known)]
