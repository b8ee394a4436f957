"""The addresses of the public site."""

from __future__ import annotations

from django.urls import path

from ourpatch.site.public import about_pages, area_pages, ask_pages, follow_pages, pages, raise_pages

app_name = "public"

urlpatterns = [
    path("", pages.home, name="home"),
    path("find/", pages.find, name="find"),
    path("maps/<slug:slug>.svg", pages.show_map, name="map"),
    path("p/<slug:slug>/", pages.partnership, name="partnership"),
    path("n/<slug:slug>/", pages.neighbourhood, name="neighbourhood"),
    path("n/<slug:slug>/priorities/<uuid:priority_id>/", pages.priority, name="priority"),
    path("n/<slug:slug>/crime/", pages.crime, name="crime"),
    path("n/<slug:slug>/crime.csv", pages.crime_csv, name="crime_csv"),
    path("n/<slug:slug>/answers/", pages.answers, name="answers"),
    path("n/<slug:slug>/meetings/", pages.show_meetings, name="meetings"),
    path("n/<slug:slug>/calendar.ics", pages.calendar, name="calendar"),
    path("areas/", area_pages.areas, name="areas"),
    path("areas/<slug:slug>/", area_pages.areas_of, name="areas_of"),
    path("areas/ward/<slug:code>/", area_pages.ward, name="ward"),
    path("areas/lsoa/<slug:code>/", area_pages.lsoa, name="lsoa"),
    path("areas/<slug:slug>/<slug:quarter>.csv", area_pages.areas_csv, name="areas_csv"),
    path("raise/", raise_pages.start, name="raise"),
    path("raise/place/", raise_pages.place, name="raise_place"),
    path("raise/what/", raise_pages.what, name="raise_what"),
    path("raise/effect/", raise_pages.effect, name="raise_effect"),
    path("raise/you/", raise_pages.you, name="raise_you"),
    path("raise/check/", raise_pages.check, name="raise_check"),
    path("raise/sent/", raise_pages.sent, name="raise_sent"),
    path("raise/forget/", raise_pages.forget, name="raise_forget"),
    path("ask/", ask_pages.ask, name="ask"),
    path("follow/", follow_pages.enter, name="follow"),
    path("follow/concern/", follow_pages.concern, name="follow_concern"),
    path("follow/satisfied/", follow_pages.satisfied, name="follow_satisfied"),
    path("follow/leave/", follow_pages.leave, name="follow_leave"),
    path("accessibility/", about_pages.accessibility, name="accessibility"),
    path("privacy/", about_pages.privacy, name="privacy"),
    path("cookies/", about_pages.cookies, name="cookies"),
    path("contact/", about_pages.contact, name="contact"),
    path("about-the-figures/", about_pages.figures, name="figures"),
]
