"""What the frame around every page shows: partnership, languages, navigation with the present place marked, demo flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.permissions import Permission as Concerns
from ourpatch.data.disclosure.permissions import Permission as Releases
from ourpatch.data.duties.permissions import Permission as Duties
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.messaging.permissions import Permission as Messaging

Place = tuple[str, str | Promise]

PUBLIC_PLACES: tuple[Place, ...] = (
    ("/", _("Your neighbourhood")),
    ("/raise/", _("Raise a concern")),
    ("/ask/", _("Ask the team")),
    ("/follow/", _("Follow up")),
)
WORKSPACE_PLACES: tuple[Place, ...] = (
    ("/workspace/", _("My day")),
    ("/workspace/concerns/", _("Concerns")),
    ("/workspace/concerns/problems/", _("Problems")),
    ("/workspace/priorities/", _("Priorities")),
    ("/workspace/plans/", _("Plans")),
    ("/workspace/tasks/", _("Tasks")),
    ("/workspace/meetings/", _("Meetings")),
    ("/workspace/answers/", _("Answers")),
    ("/workspace/profiles/", _("Profiles")),
    ("/workspace/data/", _("Data")),
    ("/workspace/data/analyse/", _("Analysis")),
    ("/workspace/data/published/", _("What is published")),
    ("/workspace/duties/", _("Data duties")),
    ("/workspace/year/", _("Partnership year")),
    ("/workspace/feedback/", _("Feedback debt")),
)
# What a place asks of whoever opens it: one of these; the others are open to everybody who works in the partnership.
NEEDS: dict[str, tuple[str, ...]] = {
    "/workspace/concerns/": (Concerns.VIEW,),
    "/workspace/data/": (Store.VIEW,),
    "/workspace/data/published/": (Releases.MAKE,),
    "/workspace/duties/": (Duties.VIEW, Duties.DECLARE),
    "/workspace/feedback/": (Concerns.VIEW,),
    "/workspace/outbox/": (Messaging.VIEW_OUTBOX,),
    "/workspace/accounts/": (Accounts.VIEW,),
}
FOOTER_PLACES: tuple[Place, ...] = (
    ("/accessibility/", _("Accessibility")),
    ("/privacy/", _("Privacy")),
    ("/cookies/", _("Cookies")),
    ("/contact/", _("Contact")),
    ("/accounts/login/", _("Staff sign in")),
)


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One link of a navigation; `current` is "page" for this very page, "true" for a page below it, else empty."""

    href: str
    label: str | Promise
    current: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """One language the page can be read in, named in itself."""

    code: str
    name: str
    current: bool


class Chrome:
    """The frame of one page; each part is worked out only if the template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def partnership(self) -> str:
        """The partnership's name in the page's language.

        Taken from `request.partnership_names` where the doors set it, else from the setting OURPATCH_PARTNERSHIP_NAMES.
        """
        stated = getattr(self._request, "partnership_names", None)
        return in_language(stated or getattr(settings, "OURPATCH_PARTNERSHIP_NAMES", {}))

    @cached_property
    def demo(self) -> bool:
        """True where everything shown is invented."""
        return bool(getattr(settings, "OURPATCH_DEMO", False))

    @cached_property
    def demo_is_real(self) -> bool:
        """True where a demo's boundaries and records are real and only its people are invented."""
        return bool(getattr(settings, "OURPATCH_DEMO_IS_REAL", False))

    @cached_property
    def here(self) -> str:
        """The address to come back to after a change of language."""
        return self._request.get_full_path() if self._request.method == "GET" else self._request.path

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """Every language offered, the present one marked."""
        present = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        codes = [code.split("-")[0] for code, _name in settings.LANGUAGES]
        return tuple(Language(code, get_language_info(code)["name_local"], code == present) for code in codes)

    @cached_property
    def public_navigation(self) -> tuple[NavigationEntry, ...]:
        """The public pages that exist."""
        return navigation(PUBLIC_PLACES, self._request.path, home="/")

    @cached_property
    def workspace_navigation(self) -> tuple[NavigationEntry, ...]:
        """The staff pages that exist."""
        return navigation(places_of(self._request), self._request.path, home="/workspace/")

    @cached_property
    def footer_links(self) -> tuple[NavigationEntry, ...]:
        """The pages every public service owes its readers."""
        return navigation(FOOTER_PLACES, self._request.path, home="/")


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    """Context processor: `chrome` for the base templates."""
    return {"chrome": Chrome(request)}


def places_of(request: HttpRequest) -> tuple[Place, ...]:
    """The staff pages that whoever is signed in may open: a link that leads to a refusal is not offered."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return WORKSPACE_PLACES
    return tuple(
        each for each in WORKSPACE_PLACES if each[0] not in NEEDS or any(actor.holds(one) for one in NEEDS[each[0]])
    )


def navigation(places: Iterable[Place], path: str, *, home: str) -> tuple[NavigationEntry, ...]:
    """The places that have a page, with the one the reader is at marked; a place without a page is not offered."""
    shown = [(href, label) for href, label in places if has_page(href, settings.ROOT_URLCONF)]
    # Where one place lies below another, only the nearest is where the reader is.
    here = max((href for href, _label in shown if current_marker(href, path, home)), key=len, default="")
    return tuple(
        NavigationEntry(href, label, current_marker(href, path, home) if href == here else "") for href, label in shown
    )


def current_marker(href: str, path: str, home: str) -> str:
    """The value of aria-current for a link, seen from `path`; everything lies below the home page, so it never counts."""
    if path == href:
        return "page"
    return "true" if href != home and path.startswith(href) else ""


@lru_cache(maxsize=128)
def has_page(href: str, urlconf: str) -> bool:
    """True when an address is answered by a page."""
    try:
        resolve(href, urlconf)
    except Resolver404:
        return False
    return True


def in_language(names: Mapping[str, str]) -> str:
    """The name in the present language, else in English, else nothing."""
    present = (get_language() or "en").split("-")[0]
    return names.get(present) or names.get("en") or ""
