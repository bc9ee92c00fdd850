"""The cache entry that a waiting page asks: whoever changes what it would say deletes it."""

from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction


def key(subject: str) -> str:
    """Where the answer for a journey is kept."""
    return f"poll:{subject}"


def forget(*subjects: str) -> None:
    """Deletes the answers of these journeys once the transaction has committed: earlier, a poll could put the old answer back."""
    # Robust: the database is the truth, and a cache that fails must not undo what was decided.
    transaction.on_commit(lambda: _delete(subjects), robust=True)


def _delete(subjects: Iterable[str]) -> None:
    cache.delete_many([key(subject) for subject in subjects])
