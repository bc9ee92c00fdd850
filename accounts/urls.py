"""The login site's addresses."""

from django.urls import path, register_converter

from accounts.views import (
    disavow,
    enrol,
    factors,
    home,
    login,
    password,
    reset,
    security,
    signup,
    undo,
)
from mfaproject.lib.paths import RowId

register_converter(RowId, "row")
app_name = "accounts"
urlpatterns = [
    path("", home.home, name="home"),
    path("signup/", signup.signup, name="signup"),
    path("login/", login.login, name="login"),
    path("login/wait/", login.wait, name="wait"),
    path("login/state/", login.state, name="state"),
    path("login/events/", login.events, name="events"),
    path("login/code/", login.code, name="code"),
    path("login/choose/", login.choose, name="choose"),
    path("login/finish/", login.finish, name="finish"),
    path("login/cancel/", login.cancel, name="cancel"),
    path("logout/", login.logout, name="logout"),
    path("link/<slug:purpose>/<slug:token>/", reset.link, name="link"),
    path("reset/", reset.request_link, name="reset"),
    path("reset/sent/", reset.sent, name="reset_sent"),
    path("reset/new/", reset.new_password, name="reset_new"),
    path("disavow/", disavow.confirm, name="disavow"),
    path("undo/", undo.confirm, name="undo"),
    path("enrol/", enrol.enrol, name="enrol"),
    path("security/", security.security, name="security"),
    path("security/prove/", security.prove, name="prove"),
    path("security/password/", password.change, name="password_change"),
    path("security/history/", home.history, name="history"),
    path("security/factors/<row:factor_id>/remove/", factors.remove, name="remove_factor"),
    path(
        "security/browsers/<row:browser_id>/forget/", security.forget_browser, name="forget_browser"
    ),
    path("security/sessions/<slug:public_id>/end/", security.end_session, name="end_session"),
    path("security/sessions/end-others/", security.end_other_sessions, name="end_other_sessions"),
    path("security/sign-ins/<row:log_id>/disavow/", security.disavow_recent, name="disavow_recent"),
]
