"""Addresses of the partnership's year."""

from django.urls import path

from ourpatch.strategy.cycle import pages

app_name = "cycle"
urlpatterns = [
    path("", pages.year, name="year"),
    path("<uuid:partnership_id>/<slug:code>/", pages.step, name="step"),
]
