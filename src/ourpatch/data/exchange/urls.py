"""Addresses of the Data pages."""

from django.urls import path

from ourpatch.data.exchange import pages, specification_pages

app_name = "exchange"
urlpatterns = [
    path("", pages.show_data, name="data"),
    path("hand-in/", pages.hand_in, name="hand_in"),
    path("rules/", pages.show_rules, name="rules"),
    path("specifications/", specification_pages.show_specifications, name="specifications"),
    path("specifications/<slug:dataset>/", specification_pages.show_specification, name="specification"),
    path("<uuid:submission_id>/", pages.show_submission, name="submission"),
    path("<uuid:submission_id>/undo/", pages.undo, name="undo"),
]
