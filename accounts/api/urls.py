"""`/v1/…`: exact paths without a slash at the end, as they are published."""

from django.urls import path

from accounts.api import schema
from accounts.api.views import account, hacked, proving, signing_in

app_name = "api"

urlpatterns = [
    path("auth/register", signing_in.RegisterView.as_view(), name="register"),
    path("auth/login", signing_in.LoginView.as_view(), name="login"),
    path(
        "auth/send-login-email-code", signing_in.SendEmailCodeView.as_view(), name="send_email_code"
    ),
    path(
        "auth/verify-login-email-code",
        signing_in.VerifyEmailCodeView.as_view(),
        name="verify_email_code",
    ),
    path(
        "auth/send-login-phone-code", signing_in.SendPhoneCodeView.as_view(), name="send_phone_code"
    ),
    path(
        "auth/verify-login-phone-code",
        signing_in.VerifyPhoneCodeView.as_view(),
        name="verify_phone_code",
    ),
    path("auth/send-login-push", signing_in.SendPushView.as_view(), name="send_push"),
    path("auth/verify-login-push", signing_in.VerifyPushView.as_view(), name="verify_push"),
    path("auth/verify-totp-code", signing_in.VerifyTotpView.as_view(), name="verify_totp_code"),
    path(
        "auth/verify-recovery-code",
        signing_in.VerifyRecoveryView.as_view(),
        name="verify_recovery_code",
    ),
    path("auth/login-with-mfa", signing_in.LoginWithMfaView.as_view(), name="login_with_mfa"),
    path("auth/step-up", signing_in.StepUpView.as_view(), name="step_up"),
    path("hacked/disavow", hacked.DisavowView.as_view(), name="disavow"),
    path("me", account.MeView.as_view(), name="me"),
    path("logout", account.LogoutView.as_view(), name="logout"),
    path(
        "send-email-verification",
        proving.SendEmailVerificationView.as_view(),
        name="send_email_verification",
    ),
    path(
        "verify-email-verification",
        proving.VerifyEmailVerificationView.as_view(),
        name="verify_email_verification",
    ),
    path(
        "send-phone-verification",
        proving.SendPhoneVerificationView.as_view(),
        name="send_phone_verification",
    ),
    path(
        "verify-phone-verification",
        proving.VerifyPhoneVerificationView.as_view(),
        name="verify_phone_verification",
    ),
    path("add-totp-method", proving.AddTotpView.as_view(), name="add_totp"),
    path("confirm-totp-method", proving.ConfirmTotpView.as_view(), name="confirm_totp"),
    path("delete-totp-method", proving.DeleteTotpView.as_view(), name="delete_totp"),
    path("list-mfa-methods", account.MethodsView.as_view(), name="methods"),
    path("login-history", account.HistoryView.as_view(), name="history"),
    path("sessions", account.SessionsView.as_view(), name="sessions"),
    path("schema/", schema.schema, name="schema"),
    path("schema", schema.schema),
    path("docs/", schema.docs, name="docs"),
    path("docs", schema.docs),
    path("sessions/<slug:public_id>", account.SessionView.as_view(), name="session"),
]
