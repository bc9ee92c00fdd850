"""Sessions: the only place that signs anyone in or out.

The row is a session's life: keyed by a digest of the cookie, read from the database together with
`is_active` and `auth_epoch` in one statement. No cache holds a session, so what was ended stays
ended.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse

from accounts import browser_session, cookies
from accounts.models import Session, User
from accounts.models.user import still_hers
from mfaproject.lib import clock, tokens
from mfaproject.lib.prepared import Prepared, insert

BrowserSession = browser_session.BrowserSession
LIFE, STAFF_LIFE = timedelta(days=14), timedelta(hours=12)
IDLE, STAFF_IDLE = timedelta(hours=24), timedelta(hours=1)
ENROL_LIFE = timedelta(minutes=30)
LONGEST_NAME = 80
SEEN_EVERY = timedelta(minutes=1)  # a write on every request would double its cost
_PURPOSES = {Session.Kind.BROWSER: "session", Session.Kind.TOKEN: "token"}
"""Hashed in with the key: a token in a cookie opens nothing, nor does a
cookie's value as a token."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What opened a session: how strong, with which factor, from which browser
    and which ledger row."""

    proof: str
    factor: str = ""
    factor_id: int | None = None
    browser: str = ""
    ledger_id: int | None = None
    token_name: str | None = None  # not None: a program's token, and what it is listed as


def _awake(
    digest: str, kind: str, now: datetime, idle_since: datetime, staff_idle_since: datetime
) -> QuerySet[Session]:
    awake = Q(user__is_staff=False, last_seen_at__gt=idle_since) | Q(
        user__is_staff=True, last_seen_at__gt=staff_idle_since
    )
    return alive(now).select_related("user").filter(awake, key_digest=digest, kind=kind)


_AWAKE = Prepared(
    _awake, digest=str, kind=str, now=datetime, idle_since=datetime, staff_idle_since=datetime
)


def load(key: str | None, kind: Session.Kind = Session.Kind.BROWSER) -> BrowserSession:
    """The session of a cookie or token; anonymous for what is not alive. One statement."""
    if not key or len(key) != 43:
        return BrowserSession()
    now = clock.now()
    row = _AWAKE.first(
        digest=_digest(kind, key),
        kind=kind.value,
        now=now,
        idle_since=now - IDLE,
        staff_idle_since=now - STAFF_IDLE,
    )
    if row and row.last_seen_at < now - SEEN_EVERY:
        Session.objects.filter(pk=row.pk).update(last_seen_at=now)
    return BrowserSession(row)


def _digest(kind: str, key: str) -> str:
    return tokens.digest(_PURPOSES[Session.Kind(kind)], key)


def alive(now: datetime) -> QuerySet[Session]:
    """Rows that may sign somebody in: in time, of an active person, of her present epoch."""
    return Session.objects.filter(still_hers(), ended_at=None, expires_at__gt=now)


def open_session(
    user: User, evidence: Evidence, *, epoch: int, added_by: str = "", public_id: str = ""
) -> tuple[Session, str]:
    """A new row with a new key; gives the key for the cookie. Call it inside
    the transaction that decided so."""
    now, key = clock.now(), tokens.new_token()
    kind = Session.Kind.BROWSER if evidence.token_name is None else Session.Kind.TOKEN
    life = (
        ENROL_LIFE
        if evidence.proof == Session.Proof.ENROL
        else STAFF_LIFE
        if user.is_staff
        else LIFE
    )
    row = Session(
        public_id=public_id or tokens.new_id(),
        key_digest=_digest(kind, key),
        kind=kind,
        name=(evidence.token_name or "")[:LONGEST_NAME],
        user=user,
        epoch=epoch,
        proof=evidence.proof,
        proven_at=now,
        factor=evidence.factor,
        factor_id=evidence.factor_id,
        browser=evidence.browser,
        ledger_id=evidence.ledger_id,
        added_by=added_by,
        created_at=now,
        last_seen_at=now,
        expires_at=now + life,
    )
    insert(row)
    return row, key


def renew_proof(
    session_id: int, *, proof: str, factor: str, factor_id: int | None
) -> tuple[Session, str] | None:
    """A proof given again inside a session: stronger or fresher, under a new key. None when the
    session has ended meanwhile."""
    key = tokens.new_token()
    now = clock.now()
    row = alive(now).filter(pk=session_id).first()
    if row is None:
        return None
    renewed = {
        "proof": proof,
        "factor": factor,
        "factor_id": factor_id,
        "proven_at": now,
        "proof_stale": False,
    }
    renewed["key_digest"] = _digest(row.kind, key)
    return (row, key) if alive(now).filter(pk=session_id).update(**renewed) else None


def renew_epoch(user_id: int) -> int:
    """Every session, token and journey of this person is dead from now on. Gives the new stamp."""
    epoch = tokens.new_epoch()
    User.objects.filter(pk=user_id).update(auth_epoch=epoch)
    _end(Session.objects.filter(user_id=user_id))
    return epoch


def move_on(user_id: int, session_id: str) -> None:
    """A new epoch, into which the live sessions come along: what is of the old one is dead, and
    every proof but this session's is stale."""
    epoch, stale = (
        tokens.new_epoch(),
        Case(When(public_id=session_id, then=F("proof_stale")), default=Value(True)),
    )
    alive(clock.now()).filter(user_id=user_id).update(epoch=epoch, proof_stale=stale)
    User.objects.filter(pk=user_id).update(auth_epoch=epoch)


def is_alive(session: BrowserSession) -> bool:
    """Whether it still signs somebody in, asked again where something is about to be written."""
    return session.row is not None and alive(clock.now()).filter(pk=session.row.pk).exists()


def _end(rows: QuerySet[Session]) -> int:
    return rows.filter(ended_at=None).update(ended_at=clock.now())


def carry_over(session: BrowserSession, epoch: int) -> str:
    """The one session that may go on after its owner changed something: same
    evidence, new row, new key, new epoch."""
    old = session.row
    if old is None:
        raise ValueError("nobody is signed in here")
    evidence = Evidence(old.proof, old.factor, old.factor_id, old.browser, old.ledger_id)
    row, key = open_session(old.user, evidence, epoch=epoch, added_by=old.public_id)
    Session.objects.filter(pk=row.pk).update(
        proven_at=old.proven_at, proof_stale=old.proof_stale, created_at=old.created_at
    )
    return key


def end(session: BrowserSession) -> None:
    """Signs this browser, or this program, out."""
    if session.row:
        _end(Session.objects.filter(pk=session.row.pk))


def end_one(user_id: int, public_id: str) -> bool:
    """Signs out one of this person's sessions."""
    return _end(Session.objects.filter(user_id=user_id, public_id=public_id)) > 0


def end_others(session: BrowserSession) -> int:
    """Signs out everywhere but here; gives how many."""
    return _end(
        Session.objects.filter(user_id=session.user_id or 0).exclude(public_id=session.public_id)
    )


def of(user_id: int) -> QuerySet[Session]:
    """This person's live sessions, the latest first."""
    return (
        alive(clock.now())
        .filter(user_id=user_id)
        .exclude(proof=Session.Proof.ENROL)
        .order_by("-last_seen_at")
    )


def set_cookie(response: HttpResponse, key: str) -> None:
    """Hands the key to the browser: until it is closed or 14 days have passed,
    whichever the row says."""
    cookies.set_session(response, key, max_age=int(LIFE.total_seconds()))


def attach(request: HttpRequest, session: BrowserSession) -> None:
    """Puts session and person on the request."""
    request.session = session  # type: ignore[assignment]
