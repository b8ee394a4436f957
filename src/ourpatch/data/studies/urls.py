"""Addresses of studies."""

from django.urls import path

from ourpatch.data.studies import pages

app_name = "studies"
urlpatterns = [
    path("", pages.choose, name="choose"),
    path("<uuid:study_id>/", pages.show, name="study"),
    path("<uuid:study_id>/open/", pages.open_up, name="open"),
    path("<uuid:study_id>/share/", pages.share, name="share"),
    path("<uuid:study_id>/<slug:wanted>/", pages.download, name="download"),
    path("<slug:key>/", pages.ask, name="ask"),
]
