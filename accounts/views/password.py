"""Changing the password of a signed-in person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.context import arrival
from accounts.forms import NewPasswordForm
from accounts.services import security
from accounts.views.common import busy_is_503, session_of
from mfaproject.lib.proof import recent_proof


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@busy_is_503
@recent_proof
def change(request: HttpRequest) -> HttpResponse:
    """A new password; every other browser is signed out."""
    session = session_of(request)
    assert session.user is not None  # noqa: S101 - @signed_in saw to it
    form = NewPasswordForm(request.POST or None, user=session.user)
    if request.method != "POST" or not form.is_valid():
        return render(
            request,
            "accounts/password_change.html",
            {"form": form},
            status=400 if form.is_bound else 200,
        )
    key = security.change_password(session, arrival(request), form.cleaned_data["password"])
    messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
    response = HttpResponseRedirect(reverse("accounts:security"))
    sessions.set_cookie(response, key)
    return response
