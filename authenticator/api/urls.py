"""`/v1/authenticator/…`: exact paths, no trailing slash, since the path is signed."""

from django.urls import path, re_path

from authenticator.api import described

app_name = "authenticator_api"

urlpatterns = [
    path("pair", described.PairView.as_view(), name="pair"),
    path("pair/look", described.PairLookView.as_view(), name="look"),
    path("inbox", described.InboxView.as_view(), name="inbox"),
    path("inbox/events", described.InboxEventsView.as_view(), name="inbox_events"),
    re_path(
        r"^challenges/(?P<challenge_id>[A-Za-z0-9_-]{22})/answer\Z",
        described.AnswerView.as_view(),
        name="answer",
    ),
    path("device", described.DeviceView.as_view(), name="device"),
    path("device/echo", described.EchoView.as_view(), name="echo"),
    path("device/test", described.TestPushView.as_view(), name="test"),
    path("device/health", described.HealthView.as_view(), name="health"),
]
