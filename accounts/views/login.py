"""The login page, the wait, the code, and the way out."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import cookies, journey, sessions
from accounts.context import arrival
from accounts.forms import CodeForm, LoginForm
from accounts.journey import Admitted, Limited, Over, Pending, Refused, StepUp, WrongCode
from accounts.services import login as service
from accounts.services import poll, wait_page
from accounts.views.common import admitted, busy_is_503, limited, over, session_of, stepped_up
from mfa import registry
from mfaproject.lib import held_answers, http
from mfaproject.lib.hub import hub

LOGIN, CODE = "accounts/login.html", "accounts/code.html"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@busy_is_503
def login(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    form = LoginForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.method != "POST" or not form.is_valid():
        return _login_page(request, form)
    data, before = form.cleaned_data, cookies.ticket(request)
    next_url = http.safe_next(data["next"])
    match service.begin(
        arrival(request),
        name=data["username"],
        password=data["password"],
        next_url=next_url,
        before=before,
    ):
        case Admitted() as result:
            return admitted(request, result)
        case StepUp() as result:
            return stepped_up(result)
        case Limited(retry_after=seconds):
            return limited(request, LOGIN, seconds, form=form)
        case Refused():
            return render(request, LOGIN, {"form": form, "failed": True}, status=401)


def _login_page(request: HttpRequest, form: LoginForm) -> HttpResponse:
    if session_of(request).user is not None and not form.is_bound:
        return HttpResponseRedirect(http.safe_next(request.GET.get("next")))
    return render(
        request, LOGIN, {"form": form, "failed": False}, status=400 if form.is_bound else 200
    )


@never_cache
@require_safe
def wait(request: HttpRequest) -> HttpResponse:
    """The number, and who was asked."""
    match wait_page.look(cookies.ticket(request)):
        case Over() as end:
            return over(request, end)
        case wait_page.Waiting() as shown if shown.asked is None:
            return render(request, "accounts/no_way.html", shown.context())
        case wait_page.Waiting() as shown if shown.state in ("pending", "approved"):
            return render(request, "accounts/wait.html", shown.context())
        case wait_page.Waiting() as shown:
            return over(request, Over(shown.state, shown.known), **shown.context())


@never_cache
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """What the wait page polls: reads only."""
    match poll.peek(cookies.ticket(request)):
        case Limited(retry_after=seconds):
            return JsonResponse(
                {"state": "slow_down"}, status=429, headers={"Retry-After": str(seconds)}
            )
        case poll.Peek() as seen:
            devices = {} if seen.devices is None else {"devices": seen.devices}
            return JsonResponse({"state": seen.state, "seconds_left": seen.seconds_left} | devices)


@never_cache
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Tells the wait page when to ask; 204 where it has to ask by itself, and
    where nothing waits."""
    since = hub.mark()
    hold = poll.listen(
        cookies.ticket(request), address=held_answers.share_of_address(request), since=since
    )
    return held_answers.EventStream(hold) if hold else HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """A code that was sent, that an app shows, or from paper."""
    form, wrong = CodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        match service.prove(
            cookies.ticket(request), arrival(request), typed=form.cleaned_data["code"]
        ):
            case Admitted() as result:
                return admitted(request, result)
            case journey.Proven():
                return HttpResponseRedirect(reverse("accounts:reset_new"))
            case Over() as end:
                return over(request, end)
            case WrongCode() as found:
                wrong = found
    match wait_page.look_code(cookies.ticket(request)):
        case Over() as end:
            return over(request, end)
        case wait_page.CodeAsked() as asked:
            return _code_page(request, form, asked, wrong)


def _code_page(
    request: HttpRequest, form: CodeForm, asked: wait_page.CodeAsked, wrong: WrongCode | None
) -> HttpResponse:
    form.ask_for(registry.of(asked.kind).typed)
    if wrong is not None:
        form.add_error("code", wait_page.explain(wrong, asked.kind))
    return render(
        request, CODE, {"form": form, **asked.context()}, status=400 if form.is_bound else 200
    )


@never_cache
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Another way, or the same once more."""
    match wait_page.choose(
        cookies.ticket(request), arrival(request), way=request.POST.get("way", "")
    ):
        case Over() as end:
            return over(request, end)
        case StepUp() as result:
            return stepped_up(result)
        case Limited(retry_after=seconds):
            return limited(request, "accounts/no_way.html", seconds, **_ways(request))


@never_cache
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """Collects an approval."""
    match service.finish(cookies.ticket(request), arrival(request)):
        case Admitted() as result:
            return admitted(request, result)
        case Pending():
            return HttpResponseRedirect(reverse("accounts:wait"))
        case journey.Proven():
            return HttpResponseRedirect(reverse("accounts:reset_new"))
        case Over() as end:
            return over(request, end)


@never_cache
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Gives up; back to the beginning."""
    service.cancel(cookies.ticket(request))
    response = HttpResponseRedirect(reverse("accounts:login"))
    cookies.drop_ticket(response)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """GET asks, POST signs out: no link from elsewhere can do it."""
    if request.method != "POST":
        return render(
            request, "accounts/logout.html", {"signed_in": session_of(request).user is not None}
        )
    sessions.end(session_of(request))
    response = HttpResponseRedirect(reverse("accounts:login"))
    cookies.drop_session(response)
    return response


def _ways(request: HttpRequest) -> dict[str, object]:
    """What else there is. Where this journey had its share of what was wanted, no wait is told:
    beginning anew helps, waiting does not."""
    shown = wait_page.look(cookies.ticket(request))
    if isinstance(shown, Over):
        return {}
    had_its_share = request.POST.get("way", "") in shown.ways.spent
    return shown.context() | ({"retry_after": 0} if had_its_share else {})
