"""What a request knows of its session."""

from datetime import datetime
from functools import cached_property

from accounts import strength
from accounts.models import Session, User
from mfa.services import challenges
from mfaproject.lib import clock
from mfaproject.lib.proof import proof_suffices


class BrowserSession:
    """`request.session`: who is signed in here, and on what proof. Anonymous when `row` is None.
    Read-only: opening and ending are functions."""

    def __init__(self, row: Session | None = None) -> None:
        self.row = row

    @property
    def user(self) -> User | None:
        return self.row.user if self.row else None

    @property
    def user_id(self) -> int | None:
        return self.row.user_id if self.row else None

    @property
    def public_id(self) -> str:
        return self.row.public_id if self.row else ""

    @property
    def browser(self) -> str:
        """The selector of the known browser this session was opened in, "" if none."""
        return self.row.browser if self.row else ""

    @property
    def proof(self) -> str:
        return self.row.proof if self.row else ""

    @property
    def proven_at(self) -> datetime | None:
        """When it was last proved. None too where a factor was changed elsewhere since: what proved
        it may be gone, or a thief's."""
        return self.row.proven_at if self.row and not self.row.proof_stale else None

    @property
    def epoch(self) -> int | None:
        return self.row.epoch if self.row else None

    @property
    def is_strong(self) -> bool:
        return self.proof == Session.Proof.STRONG

    @property
    def lacks_strength(self) -> bool:
        """Whether it is good for nothing until a strong factor proves it."""
        user = self.user
        return user is not None and strength.is_lacking(user, is_strong=self.is_strong)

    @property
    def is_confined(self) -> bool:
        """Whether pages to add a strong factor are all that it reaches."""
        return self.is_enrolment or self.lacks_strength

    @property
    def is_enrolment(self) -> bool:
        """Opened by an enrolment link: good for adding a strong factor and for nothing else."""
        return self.proof == Session.Proof.ENROL

    @cached_property
    def needs_strong(self) -> bool:
        """Whether changes ask this person for a strong factor: yes, once there is one."""
        return (
            self.row is not None
            and not self.is_enrolment
            and challenges.has_strong(self.row.user_id, self.row.browser)
        )

    @property
    def proof_is_recent(self) -> bool:
        return proof_suffices(
            proof=self.proof,
            proven_at=self.proven_at,
            needs_strong=self.needs_strong,
            now=clock.now(),
        )
