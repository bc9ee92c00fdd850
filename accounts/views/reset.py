"""A new password by mail."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import cookies
from accounts.context import arrival
from accounts.forms import NewPasswordForm, ResetForm
from accounts.journey import Limited, Over, Pending, StepUp
from accounts.models import Link
from accounts.services import reset as service
from accounts.services import throttle, wait_page
from accounts.views.common import busy_is_503, forget_first, limited, over, stepped_up
from mfaproject.lib import clock

TARGETS = {
    Link.Purpose.RESET: "accounts:reset_new",
    Link.Purpose.DISAVOW: "accounts:disavow",
    Link.Purpose.UNDO: "accounts:undo",
    Link.Purpose.ENROL: "accounts:enrol",
}


@never_cache
@require_http_methods(["GET", "HEAD"])
def link(request: HttpRequest, purpose: str, token: str) -> HttpResponse:
    """Where mailed links arrive: the token moves into a cookie and out of the address bar. Nothing
    else happens, however often it is fetched."""
    if purpose not in TARGETS:
        raise Http404
    response = HttpResponseRedirect(reverse(TARGETS[Link.Purpose(purpose)]))
    cookies.set_link(response, purpose, token)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_link(request: HttpRequest) -> HttpResponse:
    """Asks for the address; the answer is the same for every one."""
    form = ResetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "accounts/reset.html", {"form": form}, status=400 if form.is_bound else 200
        )
    match service.request_link(arrival(request), form.cleaned_data["email"]):
        case Limited(retry_after=seconds):
            return limited(request, "accounts/reset.html", seconds, form=form)
        case service.Sent():
            return HttpResponseRedirect(reverse("accounts:reset_sent"))


@never_cache
@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox."""
    return render(request, "accounts/reset_sent.html")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@busy_is_503
def new_password(request: HttpRequest) -> HttpResponse:
    """The form behind the link, once everything that this person must prove is proven."""
    token, ticket = cookies.link(request, Link.Purpose.RESET), cookies.ticket(request)
    link = service.find(token)
    if wait := throttle.page_wait(arrival(request).network, link):
        return limited(request, "accounts/link_gone.html", wait)
    match service.may_set(token, ticket):
        case Pending() if link is not None:
            return _ask(request, token, link)
        case Pending() | Over():
            return render(request, "accounts/link_gone.html", status=410)
        case service.Ready(user=user):
            return _form(request, token, NewPasswordForm(request.POST or None, user=user))


def _ask(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    # a password that came too late rings up nobody
    if request.method != "POST" or "password" in request.POST:
        ends_in = throttle.seconds_until(link.expires_at, clock.now())
        return render(
            request,
            "accounts/reset_factor.html",
            {"ways": wait_page.shown(service.ways(link), ends_in=ends_in)},
        )
    match service.ask_factor(arrival(request), token, cookies.ticket(request)):
        case StepUp() as result:
            return stepped_up(result)
        case Over() as end:
            return over(request, end)


def _form(request: HttpRequest, token: str, form: NewPasswordForm) -> HttpResponse:
    if request.method != "POST" or not form.is_valid():
        return render(
            request,
            "accounts/reset_form.html",
            {"form": form, "username": form.user.username},
            status=400 if form.is_bound else 200,
        )
    match service.set_new(
        arrival(request), token, cookies.ticket(request), form.cleaned_data["password"]
    ):
        case Over():
            return render(request, "accounts/link_gone.html", status=410)
        case service.Ready(user=user):
            response = render(request, "accounts/reset_done.html")
            cookies.drop_link(response)
            cookies.drop_ticket(response)
            cookies.drop_session(response)
            forget_first(request, response, user.username)
            return response
