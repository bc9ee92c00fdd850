"""Removing what the security page lists."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.context import arrival
from accounts.services import own_factors
from accounts.views.common import session_of
from mfa.services import enrolment
from mfaproject.lib.proof import recent_proof


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof
def remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    """GET asks once more: who had to prove it first comes back by GET."""
    session = session_of(request)
    user_id = session.user_id or 0
    row = own_factors.listed(user_id, factor_id)
    if row is None:
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/remove_factor.html", {"row": row})
    ip = arrival(request).ip or ""
    if not enrolment.revoke_factor(user_id, factor_id, session=session.public_id, ip=ip):
        raise Http404
    messages.success(request, _("Removed. It proves nothing any more."))
    return HttpResponseRedirect(reverse("accounts:security"))
