"""Addresses of meetings, under /workspace/meetings/."""

from django.urls import path

from ourpatch.foundation.meetings import pages

app_name = "meetings"
urlpatterns = [
    path("", pages.meetings, name="meetings"),
    path("forums/new/", pages.new_forum, name="new_forum"),
    path("forums/<uuid:forum_id>/", pages.forum, name="forum"),
    path("forums/<uuid:forum_id>/plan/", pages.plan, name="plan"),
    path("<uuid:meeting_id>/", pages.meeting, name="meeting"),
    path("<uuid:meeting_id>/agenda/", pages.agenda, name="agenda"),
    path("<uuid:meeting_id>/agenda/refresh/", pages.refresh_agenda, name="refresh_agenda"),
    path("<uuid:meeting_id>/move/", pages.move, name="move"),
    path("<uuid:meeting_id>/cancel/", pages.cancel, name="cancel"),
    path("<uuid:meeting_id>/record/", pages.record, name="record"),
    path("<uuid:meeting_id>/decide/", pages.decide, name="decide"),
    path("<uuid:meeting_id>/undertake/", pages.undertake, name="undertake"),
]
