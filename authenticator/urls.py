"""`/authenticator/…`: the installable page that answers."""

from django.urls import path

from authenticator.views import pwa

app_name = "pwa"

urlpatterns = [
    path("", pwa.shell, name="shell"),
    path("pair/", pwa.pair, name="pair"),
    path("offline/", pwa.offline, name="offline"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.worker, name="worker"),
]
