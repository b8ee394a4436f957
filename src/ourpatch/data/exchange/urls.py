"""Addresses of the Data pages."""

from django.urls import path

from ourpatch.data.exchange import pages

app_name = "exchange"
urlpatterns = [
    path("", pages.show_data, name="data"),
    path("hand-in/", pages.hand_in, name="hand_in"),
    path("rules/", pages.show_rules, name="rules"),
    path("<uuid:submission_id>/", pages.show_submission, name="submission"),
    path("<uuid:submission_id>/undo/", pages.undo, name="undo"),
]
