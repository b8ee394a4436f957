"""Addresses of questions to recorded data."""

from django.urls import path

from ourpatch.data.disclosure import pages

app_name = "disclosure"
urlpatterns = [path("", pages.ask, name="ask")]
