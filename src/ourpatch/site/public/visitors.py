"""Who is at the public door: always a member of the public, even when a member of staff is signed in beside it."""

from __future__ import annotations

from django.http import HttpRequest

from ourpatch.foundation.accounts.actors import public_actor
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor, ActorKind
from ourpatch.ground.secrets import keyed_digest


def visitor(request: HttpRequest) -> Actor:
    """The actor of a public page."""
    by: Actor = request.actor
    return by if by.kind is ActorKind.PUBLIC else public_actor(by.request_id)


def digests(request: HttpRequest) -> list[str]:
    """Keyed digests under which wrong codes are counted: of the address, and of the session once there is one."""
    known = [f"address:{request.META.get('REMOTE_ADDR', '')}"]
    if request.session.session_key:
        known.append(f"session:{request.session.session_key}")
    return [keyed_digest("codes", each.encode()) for each in known]


def name_partnership(request: HttpRequest, partnership: ServiceArea | None) -> None:
    """Let the frame around the page say whose service it is."""
    if partnership is not None:
        request.partnership_names = {"en": partnership.name, "cy": partnership.name_cy}
