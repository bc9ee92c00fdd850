"""Where an enrolment link leads: a password first, then an authenticator."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import cookies, sessions
from accounts.context import arrival
from accounts.forms import NewPasswordForm
from accounts.journey import Over
from accounts.models import Link
from accounts.services import enrol as service
from accounts.services import throttle
from accounts.views.common import busy_is_503, limited

GONE = "accounts/link_gone.html"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@busy_is_503
def enrol(request: HttpRequest) -> HttpResponse:
    """Chooses the password of the account the link is for."""
    who = arrival(request)
    token = cookies.link(request, Link.Purpose.ENROL)
    link = service.find(token)
    if wait := throttle.page_wait(who.network, link):
        return limited(request, GONE, wait)
    if link is None:
        return render(request, GONE, status=410)
    form = NewPasswordForm(request.POST or None, user=link.user)
    if request.method != "POST" or not form.is_valid():
        return render(
            request,
            "accounts/enrol.html",
            {"form": form, "username": link.user.username},
            status=400 if form.is_bound else 200,
        )
    key = service.begin(who, token, form.cleaned_data["password"])
    if isinstance(key, Over):
        return render(request, GONE, status=410)
    response = HttpResponseRedirect(reverse("authenticator:add"))
    sessions.set_cookie(response, key)
    cookies.drop_link(response)
    return response
