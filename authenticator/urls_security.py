"""`/security/authenticators/…`: the signed-in pages."""

from django.urls import path, re_path

from authenticator.views import security

app_name = "authenticator"

urlpatterns = [
    path("add/", security.add, name="add"),
    path("state/", security.state, name="state"),
    path("confirm/", security.confirm, name="confirm"),
    path("refuse/", security.refuse, name="refuse"),
    path("done/", security.done, name="done"),
    # By the device's id, or by its factor's number, which is all that other apps know of it.
    re_path(r"^(?P<handle>[0-9]{1,18}|[A-Za-z0-9_-]{22})/\Z", security.manage, name="manage"),
    re_path(
        r"^(?P<handle>[0-9]{1,18}|[A-Za-z0-9_-]{22})/revoke/\Z", security.revoke, name="revoke"
    ),
]
