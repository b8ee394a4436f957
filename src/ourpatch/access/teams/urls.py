"""Addresses of teams, under /workspace/teams/."""

from django.urls import path

from ourpatch.access.teams import pages

app_name = "teams"
urlpatterns = [
    path("", pages.show_list, name="list"),
    path("new/", pages.new, name="new"),
    path("<uuid:team_id>/", pages.show, name="team"),
    path("<uuid:team_id>/change/", pages.edit, name="edit"),
    path("<uuid:team_id>/posts/new/", pages.fill, name="fill"),
    path("<uuid:team_id>/posts/<uuid:post_id>/end/", pages.end, name="end"),
    path("<uuid:team_id>/pledge/", pages.pledge, name="pledge"),
]
