"""Addresses of priorities, under /workspace/priorities/."""

from django.urls import path

from ourpatch.influence.priorities import pages

app_name = "priorities"
urlpatterns = [
    path("", pages.priorities, name="priorities"),
    path("propose/", pages.propose, name="propose"),
    path("choose/", pages.meetings_to_choose_at, name="choose"),
    path("choose/<uuid:meeting_id>/", pages.choose, name="choose_at"),
    path("choose/<uuid:meeting_id>/ballot/", pages.ballot, name="ballot"),
    path("<uuid:priority_id>/", pages.priority, name="priority"),
    path("<uuid:priority_id>/smart/", pages.smart, name="smart"),
    path("<uuid:priority_id>/review/", pages.review, name="review"),
    path("<uuid:priority_id>/again/", pages.propose_again, name="again"),
]
