"""The page that adds a code word, below /security/toy/."""

from django.urls import path

from mfa.tests.toyfactor import views

app_name = "toyfactor"
urlpatterns = [path("add/", views.add, name="add")]
