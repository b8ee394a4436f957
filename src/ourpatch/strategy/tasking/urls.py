"""Addresses of tasks, under /workspace/tasks/."""

from django.urls import path

from ourpatch.strategy.tasking import pages

app_name = "tasks"
urlpatterns = [
    path("", pages.tasks, name="tasks"),
    path("<uuid:task_id>/", pages.task, name="task"),
    path("<uuid:task_id>/accept/", pages.accept, name="accept"),
    path("<uuid:task_id>/done/", pages.finish, name="done"),
    path("<uuid:task_id>/return/", pages.give_back, name="return"),
    path("<uuid:task_id>/again/", pages.again, name="again"),
    path("<uuid:task_id>/withdraw/", pages.withdraw, name="withdraw"),
]
