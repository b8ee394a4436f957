"""Every address: public at the root, staff under /workspace/, signing in under /accounts/."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language

from ourpatch.site import errors

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

WORKSPACE = [
    path("", include("ourpatch.site.workspace.urls")),
    path("components/", include("ourpatch.site.design.urls")),
    path("places/", include("ourpatch.foundation.places.urls")),
    path("directory/", include("ourpatch.foundation.directory.urls")),
    path("agreements/", include("ourpatch.foundation.agreements.urls")),
    path("accounts/", include("ourpatch.foundation.accounts.urls")),
    path("outbox/", include("ourpatch.foundation.messaging.urls")),
    path("meetings/", include("ourpatch.foundation.meetings.urls")),
    path("data/analyse/", include("ourpatch.data.studies.urls")),
    path("data/ask/", include("ourpatch.data.disclosure.urls")),
    path("data/published/", include("ourpatch.data.disclosure.published_urls")),
    path("data/", include("ourpatch.data.exchange.urls")),
    path("duties/", include("ourpatch.data.duties.urls")),
    path("teams/", include("ourpatch.access.teams.urls")),
    path("concerns/", include("ourpatch.access.concerns.urls")),
    path("priorities/", include("ourpatch.influence.priorities.urls")),
    path("profiles/", include("ourpatch.intelligence.profiles.urls")),
    path("partnership-plan/", include("ourpatch.strategy.plans.urls")),
    path("tasks/", include("ourpatch.strategy.tasking.urls")),
    path("year/", include("ourpatch.strategy.cycle.urls")),
    path("plans/", include("ourpatch.interventions.problems.urls")),
    path("feedback/", include("ourpatch.answers.feedback.urls")),
    path("evaluations/", include("ourpatch.answers.evaluation.urls")),
    path("answers/", include("ourpatch.answers.publishing.urls")),
]


def not_here(request: HttpRequest) -> HttpResponse:
    """Nobody changes the address they sign in with, and nobody signs up: an administrator invites."""
    return errors.not_found(request)


urlpatterns = [
    path("workspace/", include(WORKSPACE)),
    path("language/", set_language, name="set_language"),
    path("accounts/email/", not_here),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("ourpatch.site.api.urls")),
    path("", include("ourpatch.site.public.urls")),
]
if settings.OURPATCH_DEMO:
    urlpatterns.insert(0, path("demo/", include("ourpatch.site.demo.urls")))
