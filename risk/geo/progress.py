"""A line that shows how far a command is: on a terminal only, so that logs hold sentences."""

import time
from typing import Self, TextIO

WIDTH = 30
REDRAW = 0.1  # seconds


class Progress:
    """`with Progress(stream, "Reading", total) as bar: bar.to(done)`. Shows
    nothing where nobody watches."""

    def __init__(self, stream: TextIO, title: str, total: int) -> None:
        self._stream, self._title, self._total = stream, title, max(1, total)
        self._shown = stream.isatty()
        self._drawn = 0.0
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def of(self, done: int, total: int) -> None:
        """For work that learns on the way how much there is."""
        self._total = max(1, total)
        self.to(done)

    def to(self, done: int) -> None:
        self.done = done
        now = time.monotonic()
        if self._shown and now - self._drawn >= REDRAW:
            self._drawn = now
            full = WIDTH * min(done, self._total) // self._total
            self._stream.write(
                f"\r{self._title} {'█' * full}{'·' * (WIDTH - full)}"
                f" {100 * min(done, self._total) // self._total:3d} %"
            )
            self._stream.flush()
