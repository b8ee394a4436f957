"""Addresses of problem-solving plans, under /workspace/plans/."""

from django.urls import path

from ourpatch.interventions.problems import pages

app_name = "problems"
urlpatterns = [
    path("", pages.plans, name="plans"),
    path("new/", pages.new, name="new"),
    path("<uuid:plan_id>/", pages.plan, name="plan"),
    path("<uuid:plan_id>/write/<slug:part>/", pages.write, name="write"),
    path("<uuid:plan_id>/onward/", pages.onward, name="onward"),
    path("<uuid:plan_id>/back/", pages.back, name="back"),
    path("<uuid:plan_id>/grow/", pages.grow, name="grow"),
    path("<uuid:plan_id>/owner/", pages.owner, name="owner"),
    path("<uuid:plan_id>/actions/new/", pages.new_action, name="new_action"),
    path("<uuid:plan_id>/partners/new/", pages.new_partner, name="new_partner"),
    path("<uuid:plan_id>/review/", pages.review, name="review"),
    path("<uuid:plan_id>/notes/new/", pages.new_note, name="new_note"),
    path("<uuid:plan_id>/close/", pages.close, name="close"),
]
