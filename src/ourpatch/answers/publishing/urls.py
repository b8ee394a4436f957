"""Addresses of answers."""

from django.urls import path

from ourpatch.answers.publishing import pages

app_name = "publishing"
urlpatterns = [
    path("", pages.index, name="index"),
    path("new/", pages.new, name="new"),
    path("<uuid:answer_id>/", pages.answer, name="answer"),
    path("<uuid:answer_id>/change/", pages.change, name="change"),
    path("<uuid:answer_id>/publish/", pages.publish, name="publish"),
    path("<uuid:answer_id>/withdraw/", pages.withdraw, name="withdraw"),
]
