"""Addresses of strategic priorities and the partnership plan."""

from django.urls import path

from ourpatch.strategy.plans import pages

app_name = "plans"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("<uuid:partnership_id>/priority/", pages.priority, name="new_priority"),
    path("<uuid:partnership_id>/priority/<uuid:priority_id>/", pages.priority, name="priority"),
    path("<uuid:partnership_id>/publish/", pages.publish, name="publish"),
]
