"""`/v1/…`: exact paths without a slash at the end, as they are published."""

from django.urls import path

from accounts.api import factor_routes, schema
from accounts.api.views import account, hacked, signing_in

app_name = "api"

urlpatterns = [
    path("auth/register", signing_in.RegisterView.as_view(), name="register"),
    path("auth/login", signing_in.LoginView.as_view(), name="login"),
    *factor_routes.signing_in_patterns(),
    path("auth/login-with-mfa", signing_in.LoginWithMfaView.as_view(), name="login_with_mfa"),
    path("auth/step-up", signing_in.StepUpView.as_view(), name="step_up"),
    path("hacked/disavow", hacked.DisavowView.as_view(), name="disavow"),
    path("me", account.MeView.as_view(), name="me"),
    path("logout", account.LogoutView.as_view(), name="logout"),
    *factor_routes.proving_patterns(),
    path("list-mfa-methods", account.MethodsView.as_view(), name="methods"),
    path("login-history", account.HistoryView.as_view(), name="history"),
    path("sessions", account.SessionsView.as_view(), name="sessions"),
    path("schema/", schema.schema, name="schema"),
    path("schema", schema.schema),
    path("docs/", schema.docs, name="docs"),
    path("docs", schema.docs),
    path("sessions/<slug:public_id>", account.SessionView.as_view(), name="session"),
]
