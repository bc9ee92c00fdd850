"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticNames(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Remembers the address of each file: every page asks for the same few, and putting one
    together takes longer than all else about it."""

    def __init__(self, *args: object, **options: object) -> None:
        self._known: dict[str, str] = {}
        super().__init__(*args, **options)

    def url(self, name: str, force: bool = False) -> str:
        """As in the manifest that was there at the start. Raises ValueError for
        a file that is not in it."""
        if name not in self._known or force:
            self._known[name] = super().url(name, force)
        return self._known[name]
