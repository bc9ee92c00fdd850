"""Who the token belongs to, what can prove them, and where they are signed in."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sessions
from accounts.api import refusals, serializers
from accounts.api.base import RecentProof, Room, SignedIn, read, require_proof, session_of, user_of
from accounts.api.descriptions import account as descriptions
from accounts.api.pages import LONGEST_HISTORY, page
from accounts.context import arrival
from accounts.fields import MailField, e164, full_name
from accounts.models import Session, User
from accounts.services import contacts, methods, profile
from mfaproject.lib.problems import Problem, invalid
from risk import services as risk
from risk.services import LoginView


class LogoutView(Room):
    """This token ends."""

    @descriptions.logout
    def delete(self, request: Request) -> Response:
        sessions.end(session_of(request))
        return Response(status=204)


class MethodsView(Room):
    """What can prove this person."""

    @descriptions.methods
    def get(self, request: Request) -> Response:
        return Response(
            serializers.MethodList(
                {"methods": methods.of(user_of(request), browser=session_of(request).browser)}
            ).data
        )


_CHECKS: dict[str, Callable[[str], str]] = {
    "fullname": full_name,
    "email": MailField().clean,
    "phone": e164,
}


def _checked(data: dict[str, str | None]) -> dict[str, str]:
    """What a person may write about herself, by the rules of the sign-up page."""
    found, errors = {}, {}
    for name, value in data.items():
        try:
            found[name] = _CHECKS[name](value or "")
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise invalid(errors)
    return found


_HOLDS: dict[str, Callable[[User, str], bool]] = {
    "fullname": lambda user, name: name == user.full_name,
    "email": contacts.is_email_of,
    "phone": contacts.is_phone_of,
}


def _changing(user: User, wanted: dict[str, str]) -> dict[str, str]:
    """What is not so already. A client may send back all that it has read, of which only this needs
    a proof, or does anything."""
    return {name: value for name, value in wanted.items() if not _HOLDS[name](user, value)}


class MeView(Room):
    """The account."""

    def get_permissions(self) -> list[BasePermission]:
        """Ending the account needs a fresh proof; so does changing an address, which is looked at
        where it is changed."""
        return [RecentProof()] if self.request.method == "DELETE" else [SignedIn()]

    @descriptions.me
    def get(self, request: Request) -> Response:
        return Response(shown_account(user_of(request)))

    @descriptions.change_me
    def patch(self, request: Request) -> Response:
        user = user_of(request)
        changes = _changing(user, _checked(read(serializers.AccountChange, request)))
        if changes.keys() & {"email", "phone"}:
            require_proof(request)
        if "fullname" in changes:
            profile.rename(user, changes["fullname"])
        if "email" in changes:
            contacts.change_email(user, changes["email"])
        if "phone" in changes:
            contacts.change_phone(
                session_of(request), user, changes["phone"], arrival(request, "api")
            )
        return Response(shown_account(user))

    @descriptions.delete_me
    def delete(self, request: Request) -> Response:
        try:
            profile.delete(session_of(request), user_of(request), arrival(request, "api"))
        except profile.Ended:
            raise refusals.dead_token() from None
        except profile.StaffStays:
            raise Problem(
                403, "access_denied", _("Another administrator ends a staff account.")
            ) from None
        return Response(status=204)


def shown_account(user: User) -> dict[str, Any]:
    """The account as its owner reads it."""
    return dict(
        serializers.Account(
            {
                "id": user.handle,
                "username": user.username,
                "fullname": user.full_name,
                "email": user.email,
                "email_verified": user.email_confirmed_at is not None,
                "new_email": user.new_email or None,
                "phone": user.phone or None,
                "phone_verified": user.phone_confirmed_at is not None,
                "new_phone": user.new_phone or None,
                "joined_at": user.joined_at,
            }
        ).data
    )


class HistoryView(Room):
    """This person's sign-ins, the newest first."""

    @descriptions.history
    def get(self, request: Request) -> Response:
        return page(
            request, risk.recent_logins(user_of(request).pk, limit=LONGEST_HISTORY), _sign_in
        )


def _sign_in(login: LoginView) -> dict[str, Any]:
    shown = {name: getattr(login, name) for name in ("id", "at", "ip", "outcome", "known_browser")}
    maybe = {
        name: getattr(login, name) or None for name in ("place", "factor", "detail", "careful")
    }
    return dict(serializers.SignIn({**shown, **maybe, "browser": login.browser_label}).data)


class SessionsView(Room):
    """Where this person is signed in: browsers, and programs with a token."""

    @descriptions.sessions
    def get(self, request: Request) -> Response:
        here = session_of(request)
        rows = list(sessions.of(user_of(request).pk))
        logins = risk.login_views([row.ledger_id for row in rows if row.ledger_id])
        return page(
            request,
            rows,
            lambda row: _place(
                row, logins.get(row.ledger_id or 0), row.public_id == here.public_id
            ),
        )


def _place(row: Session, login: LoginView | None, current: bool) -> dict[str, Any]:
    shown = {
        name: getattr(row, name)
        for name in ("kind", "created_at", "last_seen_at", "expires_at", "proof", "proven_at")
    }
    name = row.name or (login.browser_label if login else "")
    return dict(
        serializers.Place({**shown, "id": row.public_id, "name": name, "current": current}).data
    )


class SessionView(Room):
    """One of them, ended."""

    @descriptions.end_session
    def delete(self, request: Request, public_id: str) -> Response:
        if not sessions.end_one(user_of(request).pk, public_id):
            raise refusals.not_found()
        return Response(status=204)
