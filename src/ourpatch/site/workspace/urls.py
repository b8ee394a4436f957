"""Addresses of the workspace's own pages."""

from django.urls import path

from ourpatch.site.workspace import pages

app_name = "workspace"
urlpatterns = [path("", pages.my_day, name="my_day")]
