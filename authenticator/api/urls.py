"""`/v1/authenticator/…`: exact paths, no trailing slash, since the path is signed."""

from django.urls import path, re_path

from authenticator.api.descriptions import endpoints

app_name = "authenticator_api"

urlpatterns = [
    path("pair", endpoints.PairView.as_view(), name="pair"),
    path("pair/look", endpoints.PairLookView.as_view(), name="look"),
    path("inbox", endpoints.InboxView.as_view(), name="inbox"),
    path("inbox/events", endpoints.InboxEventsView.as_view(), name="inbox_events"),
    re_path(
        r"^challenges/(?P<challenge_id>[A-Za-z0-9_-]{22})/answer\Z",
        endpoints.AnswerView.as_view(),
        name="answer",
    ),
    path("device", endpoints.DeviceView.as_view(), name="device"),
    path("device/echo", endpoints.EchoView.as_view(), name="echo"),
    path("device/test", endpoints.TestPushView.as_view(), name="test"),
    path("device/health", endpoints.HealthView.as_view(), name="health"),
]
