"""The API's routes of all factors, from what their folders say: `mfa.registry.routes`."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema_view
from rest_framework.views import APIView

from accounts.api.descriptions import proving, signing_in
from accounts.api.views.answering import CollectView, SendView, VerifyView, WakeView
from accounts.api.views.proving import (
    BeginView,
    ConfirmView,
    RemoveView,
    SendAddressCodeView,
    VerifyAddressView,
)
from mfa import registry
from mfa.registry.routes import Does, Route, Shown

_NOTHING = Shown("Nothing", "Nothing is shown.", {})
_Described = Callable[[Route], Any]
_DOES: dict[Does, tuple[type[APIView], str, _Described]] = {
    "send": (SendView, "post", lambda it: signing_in.send_code(it.operation, it.example)),
    "wake": (WakeView, "post", lambda it: signing_in.wake(it.operation)),
    "verify": (VerifyView, "post", lambda it: signing_in.verify_code(it.operation, it.example)),
    "collect": (CollectView, "post", lambda it: signing_in.collect(it.operation)),
    "send_address_code": (
        SendAddressCodeView,
        "post",
        lambda it: proving.send_verification(it.operation, it.example),
    ),
    "verify_address": (
        VerifyAddressView,
        "post",
        lambda it: proving.verify(it.operation, it.example),
    ),
    "begin": (
        BeginView,
        "post",
        lambda it: proving.begin(it.operation, it.summary, it.shown or _NOTHING),
    ),
    "confirm": (
        ConfirmView,
        "post",
        lambda it: proving.confirm(it.operation, it.summary, it.example),
    ),
    "remove": (RemoveView, "delete", lambda it: proving.remove(it.operation, it.summary)),
}


SIGNING_IN: tuple[Does, ...] = ("send", "wake", "verify", "collect")


def signing_in_patterns() -> list[URLPattern]:
    """Of every kind that is known: one that is off answers that it is not open."""
    return _patterns(lambda route: route.does in SIGNING_IN)


def proving_patterns() -> list[URLPattern]:
    """Those of enrolling and removing."""
    return _patterns(lambda route: route.does not in SIGNING_IN)


def _patterns(wanted: Callable[[Route], bool]) -> list[URLPattern]:
    every = sorted(registry.known(), key=lambda factor: factor.api_order)
    return [
        _pattern(factor.kind, route) for factor in every for route in factor.routes if wanted(route)
    ]


def _pattern(kind: str, route: Route) -> URLPattern:
    view, method, described = _DOES[route.does]
    about = route.about or view.__doc__
    own: type[APIView] = type(view.__name__, (view,), {"kind": kind, "__doc__": about})
    own = extend_schema_view(**{method: described(route)})(own)
    return path(route.path, own.as_view(), name=route.name)
