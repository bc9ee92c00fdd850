"""What a Chromium says of its notifications, without being asked for them."""

from typing import Any

from playwright.sync_api import CDPSession


class Notifications:
    """Heard by the developer protocol.

    Chromium forgets a notification that it is about to show when it is asked for all of them in
    that moment. So whoever waits for one hears first that it is shown, and asks then.
    """

    def __init__(self, session: CDPSession) -> None:
        self.pushes = 0
        """How many the worker has dealt with."""
        self.shown: list[tuple[str, str]] = []
        """Tag and title of each, in turn."""
        session.on("BackgroundService.backgroundServiceEventReceived", self._note)
        for service in ("pushMessaging", "notifications"):
            # else those of earlier tests would be told again
            session.send("BackgroundService.clearEvents", {"service": service})
            session.send("BackgroundService.startObserving", {"service": service})
            session.send(
                "BackgroundService.setRecording", {"service": service, "shouldRecord": True}
            )

    def _note(self, event: dict[str, Any]) -> None:
        told = event["backgroundServiceEvent"]
        if told["eventName"] == "Push event completed":
            self.pushes += 1
        elif told["eventName"] == "Notification displayed":
            self.shown += [
                (told["instanceId"], one["value"])
                for one in told["eventMetadata"]
                if one["key"] == "Title"
            ]
