"""Addresses of agreements, under /workspace/agreements/."""

from django.urls import path

from ourpatch.foundation.agreements import pages

app_name = "agreements"
urlpatterns = [
    path("", pages.agreements, name="agreements"),
    path("new/", pages.new_agreement, name="new_agreement"),
    path("<uuid:agreement_id>/", pages.agreement, name="agreement"),
    path("<uuid:agreement_id>/sign/", pages.sign, name="sign"),
    path("<uuid:agreement_id>/end/", pages.end, name="end"),
]
