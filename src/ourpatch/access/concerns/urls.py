"""Addresses of concerns and problems, under /workspace/concerns/."""

from django.urls import path

from ourpatch.access.concerns import pages, problem_pages

app_name = "concerns"
urlpatterns = [
    path("", pages.show_list, name="list"),
    path("new/", pages.new, name="new"),
    path("problems/", problem_pages.show_list, name="problems"),
    path("problems/<uuid:problem_id>/", problem_pages.show, name="problem"),
    path("problems/<uuid:problem_id>/change/", problem_pages.edit, name="edit_problem"),
    path("problems/<uuid:problem_id>/progress/", problem_pages.progress, name="tell_progress"),
    path("problems/<uuid:problem_id>/answer/", problem_pages.answer, name="answer_problem"),
    path("problems/<uuid:problem_id>/close/", problem_pages.close, name="close_problem"),
    path("problems/<uuid:problem_id>/reopen/", problem_pages.reopen, name="reopen_problem"),
    path("problems/<uuid:problem_id>/concerns/<uuid:concern_id>/take-out/", problem_pages.ungroup, name="ungroup"),
    path("<uuid:concern_id>/", pages.show, name="concern"),
    path("<uuid:concern_id>/answer/", pages.answer, name="answer"),
    path("<uuid:concern_id>/assign/", pages.assign, name="assign"),
    path("<uuid:concern_id>/place/", pages.place, name="place"),
    path("<uuid:concern_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("<uuid:concern_id>/group/", pages.group, name="group"),
    path("<uuid:concern_id>/photos/<uuid:photo_id>/", pages.photo, name="photo"),
    path("<uuid:concern_id>/seen/", pages.who_has_seen, name="seen"),
]
