"""Who is first in line for a hash: a browser that is known for the name typed."""

from mfaproject.front.messages import Request


def is_first(request: Request) -> bool:
    """It only orders a queue: nobody is let in by it."""
    return False
