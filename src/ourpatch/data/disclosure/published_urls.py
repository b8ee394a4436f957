"""Addresses of what is published, for those who choose it."""

from django.urls import path

from ourpatch.data.disclosure import published_pages

app_name = "published"
urlpatterns = [
    path("", published_pages.partnerships, name="partnerships"),
    path("<uuid:partnership_id>/", published_pages.partnership, name="partnership"),
    path("<uuid:partnership_id>/choose/", published_pages.choose, name="choose"),
]
