"""Addresses of the directory, under /workspace/directory/."""

from django.urls import path

from ourpatch.foundation.directory import pages

app_name = "directory"
urlpatterns = [
    path("", pages.search, name="search"),
    path("organisations/new/", pages.new_organisation, name="new_organisation"),
    path("organisations/<uuid:organisation_id>/", pages.show_organisation, name="organisation"),
    path("organisations/<uuid:organisation_id>/people/new/", pages.new_person, name="new_person"),
    path("people/<uuid:person_id>/", pages.show_person, name="person"),
    path("people/<uuid:person_id>/change/", pages.change_contact, name="change_contact"),
    path("people/<uuid:person_id>/verify/", pages.verify, name="verify"),
    path("people/<uuid:person_id>/leave/", pages.leave, name="leave"),
]
