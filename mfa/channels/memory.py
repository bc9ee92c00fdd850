"""Messages that stay in the process: for tests, and to look at one's own mails
while writing them.
"""

from typing import ClassVar

from mfa.channels.base import Parcel


class MemoryChannel:
    """Keeps every parcel in `MemoryChannel.sent`, the latest last."""

    sent: ClassVar[list[Parcel]] = []

    def send(self, parcel: Parcel) -> None:
        """Keeps it."""
        self.sent.append(parcel)
