"""Roles: small named sets of the rooms' permissions, each with a sentence that says who holds it.

A permission is given here and nowhere else. Roles are held over a place (accounts.RoleGrant), so an officer's role reaches one
neighbourhood and a board member's a whole partnership.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.permissions import Permission as Concerns
from ourpatch.access.teams.permissions import Permission as Teams
from ourpatch.answers.evaluation.permissions import Permission as Evaluation
from ourpatch.answers.publishing.permissions import Permission as Publishing
from ourpatch.data.disclosure.permissions import Permission as Releases
from ourpatch.data.duties.permissions import Permission as Duties
from ourpatch.data.exchange.permissions import Permission as Exchange
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.studies.permissions import Permission as Studies
from ourpatch.foundation.accounts.actors import ALLOWANCES, PUBLIC_ROLE, ROLES, Allowance, Role
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.agreements.permissions import Permission as Agreements
from ourpatch.foundation.directory.permissions import Permission as Directory
from ourpatch.foundation.meetings.permissions import Permission as Meetings
from ourpatch.foundation.messaging.permissions import Permission as Messaging
from ourpatch.foundation.places.permissions import Permission as Places
from ourpatch.ground.audit.queries import READ_AUDIT
from ourpatch.ground.tasks.permissions import Permission as Tasks
from ourpatch.influence.priorities.permissions import Permission as Priorities
from ourpatch.intelligence.profiles.permissions import Permission as Profiles
from ourpatch.interventions.problems.permissions import Permission as Plans
from ourpatch.strategy.cycle.permissions import Permission as Cycle
from ourpatch.strategy.plans.permissions import Permission as PartnershipPlans


def _set(*permissions: str | Iterable[str]) -> frozenset[str]:
    """Permissions and sets of permissions as one set of plain text."""
    found: set[str] = set()
    for each in permissions:
        found |= {str(each)} if isinstance(each, str) else {str(one) for one in each}
    return frozenset(found)


def _all(*enumerations: type[StrEnum]) -> frozenset[str]:
    return frozenset(str(permission) for enumeration in enumerations for permission in enumeration)


# What everybody who works in a partnership may look at; none of it is about a resident.
COMMON = _set(
    Directory.VIEW,
    Agreements.VIEW,
    Meetings.VIEW,
    Places.VIEW,
    Teams.VIEW,
    Priorities.VIEW,
    Plans.VIEW,
    PartnershipPlans.VIEW,
    Cycle.VIEW,
    Profiles.VIEW,
    Publishing.VIEW,
    Evaluation.VIEW,
    Studies.VIEW,
    Concerns.VIEW_PROBLEM,
    Tasks.VIEW,
    Tasks.WORK,
    Directory.VERIFY,
)

PUBLIC = Role(
    PUBLIC_ROLE,
    _("Member of the public"),
    _("Everybody, without signing in: raise a concern, ask the team, follow up what they raised."),
    _set(Concerns.RAISE, Concerns.FOLLOW),
)
OFFICER = Role(
    "resident_facing_officer",
    _("Resident-facing officer"),
    _("PCSOs, neighbourhood officers, wardens and housing officers who talk with residents."),
    _set(
        COMMON,
        Concerns.RAISE,
        Concerns.VIEW,
        Concerns.VIEW_CONTACT,
        Concerns.REPLY,
        Concerns.ANSWER,
        Concerns.ASSIGN,
        Concerns.PLACE,
        Concerns.GROUP,
        Priorities.PROPOSE,
        Plans.WORK,
        Plans.VIEW_NOTES,
        Plans.WRITE_NOTES,
        Tasks.GIVE,
        Meetings.RECORD,
        Profiles.EDIT,
    ),
)
SERGEANT = Role(
    "sergeant",
    _("Sergeant"),
    _("Those who supervise neighbourhood officers and answer for their clocks."),
    _set(
        OFFICER.permissions,
        Teams.EDIT,
        Meetings.PLAN,
        Plans.MAKE,
        Plans.REVIEW,
        Plans.CLOSE,
        Priorities.REVIEW,
        Publishing.WRITE,
    ),
)
MANAGER = Role(
    "neighbourhood_manager",
    _("Neighbourhood manager"),
    _("The formally named manager or co-ordinator of a neighbourhood, whichever agency employs them."),
    _set(
        SERGEANT.permissions,
        _all(Priorities, Plans, Publishing, Evaluation, Profiles, Teams),
        Meetings.MAKE_FORUM,
        Directory.MANAGE,
        Messaging.VIEW_OUTBOX,
        Messaging.DECIDE,
        Store.VIEW,
        _all(Studies),
        Duties.VIEW,
        Cycle.RECORD,
    ),
)
PARTNER = Role(
    "partner_worker",
    _("Partner worker"),
    _("People in health, fire, youth work, probation, housing and voluntary groups who do tasks."),
    COMMON,
)
ANALYST = Role(
    "analyst",
    _("Analyst"),
    _("Those who load, check and analyse records for the partnership."),
    _set(
        COMMON,
        _all(Store, Releases, Studies, Evaluation),
        Exchange.VIEW,
        Exchange.MAP,
        Duties.VIEW,
        Places.LOAD,
        Profiles.EDIT,
        Cycle.RECORD,
    ),
)
DATA_CLERK = Role(
    "data_clerk",
    _("Data clerk"),
    _("Those who send their organisation's data every month or quarter."),
    _set(COMMON, Store.VIEW, Exchange.SEND, Duties.DECLARE),
)
INFORMATION_OFFICER = Role(
    "information_officer",
    _("Information officer"),
    _("Those who see to it that every authority's data comes, and comes without anybody's name in it."),
    _set(COMMON, _all(Exchange, Store, Studies, Releases), Duties.VIEW, Duties.MANAGE),
)
BOARD = Role(
    "board_member",
    _("Board member"),
    _("Members and the chair of the strategy group, and councillors who hold it to account."),
    _set(
        COMMON,
        PartnershipPlans.EDIT,
        PartnershipPlans.PUBLISH,
        Cycle.RECORD,
        Store.VIEW,
        Duties.VIEW,
        Agreements.SIGN,
    ),
)
ADMINISTRATOR = Role(
    "administrator",
    _("Administrator"),
    _("Those who set up places, organisations and people. They see no resident's record by this role."),
    _set(
        COMMON,
        _all(Accounts, Agreements, Directory, Places, Meetings, Teams, Messaging, Store),
        Releases.MAKE,
    ),
)
AUDITOR = Role(
    "auditor",
    _("Auditor"),
    _("The information-governance lead, who checks who saw and did what."),
    _set(COMMON, READ_AUDIT, Accounts.VIEW, Accounts.EXPLAIN, Messaging.VIEW_OUTBOX, Store.VIEW, Duties.VIEW),
)

EVERY = (
    PUBLIC,
    OFFICER,
    SERGEANT,
    MANAGER,
    PARTNER,
    ANALYST,
    DATA_CLERK,
    INFORMATION_OFFICER,
    BOARD,
    ADMINISTRATOR,
    AUDITOR,
)


# What a program of an organisation may be allowed, by its token.
SEND_FILES = Allowance(str(Exchange.SEND), _("Send files for the organisation and read what became of them."))


def register() -> None:
    """Put every role, and what tokens may carry, where accounts looks for it."""
    for place, role in enumerate(EVERY):
        ROLES.add(role.code, role, order=place)
    ALLOWANCES.add(Exchange.SEND, SEND_FILES)
