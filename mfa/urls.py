"""Pages of this app."""

from django.urls import path

from mfa.views.outbox import outbox

app_name = "mfa"
urlpatterns = [path("", outbox, name="outbox")]
