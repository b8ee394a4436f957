"""The sign-in sheet of a demo: one person a role, where to click first, and what makes the six-digit codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ourpatch.foundation.accounts.actors import ROLES
from ourpatch.site.demo.stage import Stage
from ourpatch.site.demo_home import SHEET

# Post -> where to click first, as (address, what is there).
FIRST: dict[str, tuple[str, str]] = {
    "pc-wyndmoor": (
        "/workspace/concerns/",
        "Concerns in Wyndmoor with their clocks; the newest came in within the last two days",
    ),
    "sergeant-2": ("/workspace/feedback/", "Everything raised and not yet answered, by age and owner"),
    "manager-wyndmoor": ("/workspace/plans/", "The plan for Copperfield Parade, from scanning to its result"),
    "homes-caretaking": ("/workspace/tasks/", "Tasks that Harrowick Homes was given"),
    "analyst-city": ("/workspace/data/", "Months loaded, rows kept and set aside"),
    "data-eddonside": (
        "/workspace/data/deliveries/",
        "What Eddonside District Council sent, and what became of it; one return is overdue",
    ),
    "information-eddonside": ("/workspace/duties/", "Who owes which data in Eddonside, and what came of it"),
    "chair-harrowick": ("/workspace/year/", "The seventeen steps of the partnership's year"),
    "administrator-city": ("/workspace/accounts/", "People and the roles they hold"),
    "auditor-city": ("/workspace/outbox/", "What was written to residents and staff, and whether it was sent"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One person whom a visitor can be."""

    role: str
    name: str
    title: str
    email: str
    secret: str
    first: str
    first_says: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a visitor needs."""

    county: str
    until: str
    password: str
    people: tuple[Entry, ...]


def of_stage(stage: Stage) -> dict[str, object]:
    """The sheet of a played county, as plain values."""
    entries = []
    for key, (address, says) in FIRST.items():
        post, role = stage.post(key), ROLES.get(stage.post(key).role)
        entries.append(
            {
                "role": str(role.name) if role else post.role,
                "name": post.name,
                "title": post.title,
                "email": post.email,
                "secret": stage.sign_ins[key].secret,
                "first": address,
                "first_says": says,
            }
        )
    until = stage.county.until
    return {
        "county": stage.county.name,
        "until": f"{until.day} {until:%B %Y}",
        "password": stage.password,
        "people": entries,
    }


def read() -> Sheet:
    """The sheet of the demo that is served."""
    kept = json.loads((Path(settings.OURPATCH_HOME) / SHEET).read_text())
    return Sheet(kept["county"], kept["until"], kept["password"], tuple(Entry(**each) for each in kept["people"]))
