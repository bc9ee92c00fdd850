"""Creating an account."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.context import arrival
from accounts.forms import SignupForm
from accounts.journey import Limited, StepUp
from accounts.services import signup as service
from accounts.views.common import busy_is_503, limited, session_of, stepped_up

PAGE = "accounts/signup.html"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@busy_is_503
def signup(request: HttpRequest) -> HttpResponse:
    """Name, address and password; then a code by mail."""
    if request.method == "POST" and (wait := service.form_wait(arrival(request))):
        return limited(
            request,
            PAGE,
            wait,
            form=SignupForm(
                initial={name: value for name, value in request.POST.items() if name != "password"}
            ),
        )
    form = SignupForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        if session_of(request).user is not None and not form.is_bound:
            return HttpResponseRedirect("/")
        return render(request, PAGE, {"form": form}, status=400 if form.is_bound else 200)
    match service.begin(arrival(request), form.account()):
        case StepUp() as result:
            return stepped_up(result)
        case Limited(retry_after=seconds):
            return limited(request, PAGE, seconds, form=form)
        case service.NameTaken():
            form.add_error("username", _("This name is taken. Try another one."))
            return render(request, PAGE, {"form": form}, status=400)
