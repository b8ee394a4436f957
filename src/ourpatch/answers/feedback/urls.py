"""Addresses of the feedback debt, under /workspace/feedback/."""

from django.urls import path

from ourpatch.answers.feedback import pages

app_name = "feedback"
urlpatterns = [path("", pages.show, name="debts")]
