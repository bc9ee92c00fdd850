"""What a database may do besides answering."""

from django.db import DatabaseError, InterfaceError, OperationalError


class CommitUnknown(OperationalError):
    """What was to be kept may have been kept, or not: nobody can say.

    The answer to a COMMIT, or to a change outside of a transaction, did not come, or came with a
    warning: PostgreSQL reports success, with a warning, when the wait for a standby was cancelled.
    It counts as done nowhere, and nothing that was to happen after the commit happens.
    """


def is_database_fault(error: BaseException | None) -> bool:
    """Whether the database did not do its work: away, silent, full, read-only, locked, broken."""
    # Exactly DatabaseError: what SQLite says of a file that is damaged. Its other children are
    # faults of ours.
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
