"""`/v1/authenticator/…`: exact paths, no trailing slash, since the path is signed."""

from django.urls import path, re_path

from authenticator.api import views

app_name = "authenticator_api"

urlpatterns = [
    path("pair", views.PairView.as_view(), name="pair"),
    path("pair/look", views.PairLookView.as_view(), name="look"),
    path("inbox", views.InboxView.as_view(), name="inbox"),
    re_path(r"^challenges/(?P<challenge_id>[A-Za-z0-9_-]{22})/answer\Z", views.AnswerView.as_view(), name="answer"),
    path("device", views.DeviceView.as_view(), name="device"),
    path("device/echo", views.EchoView.as_view(), name="echo"),
    path("device/test", views.TestPushView.as_view(), name="test"),
    path("device/health", views.HealthView.as_view(), name="health"),
]
