"""Addresses of neighbourhood profiles."""

from django.urls import path

from ourpatch.intelligence.profiles import pages

app_name = "profiles"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<slug:slug>/", pages.profile, name="profile"),
    path("<slug:slug>/note/", pages.note, name="note"),
    path("<slug:slug>/note/<uuid:note_id>/retire/", pages.retire, name="retire_note"),
    path("<slug:slug>/review/", pages.review, name="review"),
]
