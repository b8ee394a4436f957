"""Addresses of the demo's own page; mounted only while a demo home is served."""

from __future__ import annotations

from django.urls import path

from ourpatch.site.demo import pages

app_name = "demo"
urlpatterns = [path("", pages.sign_in_help, name="sign_in_help")]
