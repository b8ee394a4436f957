"""Addresses of evaluations."""

from django.urls import path

from ourpatch.answers.evaluation import pages

app_name = "evaluation"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<uuid:evaluation_id>/", pages.evaluation, name="evaluation"),
    path("plan/<uuid:plan_id>/", pages.from_store, name="from_store"),
    path("plan/<uuid:plan_id>/typed/", pages.typed, name="typed"),
]
