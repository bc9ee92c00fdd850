"""The page that adds a code word."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mfa.tests.toyfactor.enrolment import CodeWords
from mfaproject.lib.http import client_ip
from mfaproject.lib.proof import recent_proof, session_facts


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof
def add(request: HttpRequest) -> HttpResponse:
    """Shows a word, and takes it back."""
    facts, own = session_facts(request), CodeWords()
    user_id = facts.user_id or 0
    if request.method == "POST":
        typed, ip = request.POST.get("word", ""), client_ip(request) or ""
        if own.confirm(user_id, facts.public_id, typed, ip=ip):
            return HttpResponseRedirect(reverse("accounts:security"))
    return render(request, "toyfactor/add.html", own.begin(user_id, facts.public_id))
