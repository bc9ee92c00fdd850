"""Secrets of factors as their rows keep them: sealed, and naming whose they are, so that none can
be put into another row.
"""

from mfaproject.lib import seal


def sealed(kind: str, secret: str, *, user_id: int, factor_id: int) -> str:
    """A secret as its row keeps it."""
    return seal.seal(kind, {"user": user_id, "factor": factor_id, "secret": secret})


def opened(kind: str, kept: str, *, user_id: int, factor_id: int) -> str:
    """The secret in a row. Raises BrokenSeal for one that was made for another kind, person or row,
    or under a key that is gone."""
    return str(seal.unseal(kind, kept, user=user_id, factor=factor_id)["secret"])
