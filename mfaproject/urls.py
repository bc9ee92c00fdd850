"""Every address. The only module that knows every app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from mfa.registry.pages import factor_pages
from mfaproject import ops, well_known

urlpatterns = [
    path("", include("accounts.urls")),
    path("security/authenticators/", include("authenticator.urls_security")),
    path("authenticator/", include("authenticator.urls")),
    *factor_pages(),
    path("v1/", include("accounts.api.urls")),
    path("v1/authenticator/", include("authenticator.api.urls")),
    path("outbox/", include("mfa.urls")),
    path("admin/", admin.site.urls),
    path("help/", TemplateView.as_view(template_name="help.html"), name="help"),
    path(".well-known/change-password", well_known.change_password, name="change_password"),
    path(".well-known/security.txt", well_known.security_txt, name="security_txt"),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("metrics", ops.export, name="metrics"),
]

handler400 = "mfaproject.errors.bad_request"
handler403 = "mfaproject.errors.permission_denied"
handler404 = "mfaproject.errors.page_not_found"
handler500 = "mfaproject.errors.server_error"
