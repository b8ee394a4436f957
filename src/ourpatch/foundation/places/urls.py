"""Addresses of the places room, under /workspace/places/."""

from __future__ import annotations

from django.urls import path

from ourpatch.foundation.places import convert_pages, pages

app_name = "places"

urlpatterns = [
    path("", pages.show_places, name="places"),
    path("boundaries/<uuid:boundary_set_id>/", pages.show_boundary_set, name="boundary_set"),
    path("convert/", convert_pages.convert, name="convert"),
]
