"""`/v1/authenticator/…`: exact paths, no trailing slash, since the path is signed."""

from django.urls import path, re_path

from authenticator.api import descriptions

app_name = "authenticator_api"

urlpatterns = [
    path("pair", descriptions.PairView.as_view(), name="pair"),
    path("pair/look", descriptions.PairLookView.as_view(), name="look"),
    path("inbox", descriptions.InboxView.as_view(), name="inbox"),
    path("inbox/events", descriptions.InboxEventsView.as_view(), name="inbox_events"),
    re_path(
        r"^challenges/(?P<challenge_id>[A-Za-z0-9_-]{22})/answer\Z",
        descriptions.AnswerView.as_view(),
        name="answer",
    ),
    path("device", descriptions.DeviceView.as_view(), name="device"),
    path("device/echo", descriptions.EchoView.as_view(), name="echo"),
    path("device/test", descriptions.TestPushView.as_view(), name="test"),
    path("device/health", descriptions.HealthView.as_view(), name="health"),
]
