"""Where a socket stands."""

from enum import Enum


class Phase(Enum):
    """`HELD`: its answer comes when something happens, and holds no thread."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    BUSY = "busy"
    HELD = "held"
    LINGER = "linger"
    GONE = "gone"


WITHOUT_REQUEST = (Phase.IDLE, Phase.HEAD, Phase.BODY)
ANSWERING = (Phase.BUSY, Phase.HELD)
