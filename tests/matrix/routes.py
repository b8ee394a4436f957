"""What every route asks for. A route that is not here fails the matrix: whoever adds a page says who may open it."""

from __future__ import annotations

from dataclasses import dataclass

from ourpatch.access.concerns.permissions import Permission as Concerns
from ourpatch.access.teams.permissions import Permission as Teams
from ourpatch.answers.evaluation.permissions import Permission as Evaluations
from ourpatch.answers.publishing.permissions import Permission as Publishing
from ourpatch.data.disclosure.permissions import Permission as Releases
from ourpatch.data.duties.permissions import Permission as Duties
from ourpatch.data.exchange.permissions import Permission as Exchange
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.studies.permissions import Permission as Studies
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


@dataclass(frozen=True)
class Route:
    """Who may open a route: whoever holds every one of `needs`, there.

    `record` is the kind of the record in the address: a protected kind, "area" (what lies in a neighbourhood), "place" (what
    belongs to a partnership), "reference" (what every partnership shares), or nothing. `whole`: held over the partnership.
    `names` says which value fills a part of the address that another route fills otherwise.
    """

    needs: tuple[str, ...] = ()
    record: str = ""
    whole: bool = False
    names: tuple[tuple[str, str], ...] = ()
    asked_only: bool = False


def at(record: str, *needs: str, whole: bool = False, asked_only: bool = False, **names: str) -> Route:
    """A route about a record; `asked_only`: for the organisation that was asked, whoever else sees the record."""
    return Route(needs, record, whole, tuple(names.items()), asked_only)


def for_all(*needs: str) -> Route:
    """A route without a record in its address."""
    return Route(needs)


STAFF: dict[str, Route] = {
    "workspace:my_day": for_all(),
    "places:places": for_all(Places.VIEW),
    "places:boundary_set": at("reference", Places.VIEW),
    "places:convert": for_all(Places.VIEW),
    "directory:search": for_all(Directory.VIEW),
    "directory:new_organisation": for_all(Directory.MANAGE),
    "directory:organisation": at("reference", Directory.VIEW),
    "directory:new_person": at("reference", Directory.MANAGE),
    "directory:person": at("reference", Directory.VIEW),
    "directory:change_contact": at("reference", Directory.MANAGE),
    "directory:verify": at("reference", Directory.VERIFY),
    "directory:leave": at("reference", Directory.MANAGE),
    "agreements:agreements": for_all(Agreements.VIEW),
    "agreements:new_agreement": for_all(Agreements.MAKE),
    "agreements:agreement": at("place", Agreements.VIEW),
    "agreements:sign": at("place", Agreements.SIGN, whole=True),
    "agreements:end": at("place", Agreements.END, whole=True),
    "accounts:people_and_roles": for_all(Accounts.VIEW),
    "accounts:invite": for_all(Accounts.INVITE),
    "accounts:why": for_all(),
    "accounts:tokens": for_all(Accounts.VIEW),
    "accounts:new_token": for_all(Accounts.MANAGE_TOKENS),
    "accounts:token": at("place", Accounts.VIEW),
    "accounts:revoke_token": at("place", Accounts.MANAGE_TOKENS, Accounts.VIEW, whole=True),
    "accounts:account": at("place", Accounts.VIEW),
    "accounts:give_role": at("place", Accounts.GRANT_ROLES),
    "accounts:switch": at("place", Accounts.INVITE),
    "accounts:why_for": at("place", Accounts.EXPLAIN, Accounts.VIEW),
    "accounts:end_role": at("place", Accounts.GRANT_ROLES),
    "messaging:outbox": for_all(Messaging.VIEW_OUTBOX),
    "messaging:message": at("place", Messaging.VIEW_OUTBOX, whole=True),
    "messaging:send_again": at("place", Messaging.DECIDE, whole=True),
    "messaging:confirm_sent": at("place", Messaging.DECIDE, whole=True),
    "meetings:meetings": for_all(),
    "meetings:new_forum": for_all(Meetings.MAKE_FORUM),
    "meetings:forum": at("area", Meetings.VIEW),
    "meetings:plan": at("area", Meetings.PLAN),
    "meetings:meeting": at("area", Meetings.VIEW),
    "meetings:agenda": at("area", Meetings.PLAN),
    "meetings:refresh_agenda": at("area", Meetings.PLAN),
    "meetings:move": at("area", Meetings.PLAN),
    "meetings:cancel": at("area", Meetings.PLAN),
    "meetings:record": at("area", Meetings.RECORD),
    "meetings:decide": at("area", Meetings.RECORD),
    "meetings:undertake": at("area", Meetings.RECORD),
    "exchange:data": for_all(Store.VIEW),
    "exchange:hand_in": for_all(Store.LOAD),
    "exchange:rules": for_all(Store.VIEW),
    "exchange:specifications": for_all(Store.VIEW),
    "exchange:specification": at("reference", Store.VIEW),
    "exchange:specification_file": at("reference", Store.VIEW),
    "exchange:add_specification": for_all(Store.SPECIFY),
    "exchange:upload_specification": for_all(Store.SPECIFY),
    "exchange:revise_specification": at("place", Store.SPECIFY, whole=True, dataset="own_dataset"),
    "exchange:retire_specification": at("place", Store.SPECIFY, whole=True, dataset="own_dataset"),
    "exchange:submission": at("place", Store.VIEW),
    "exchange:undo": at("place", Store.UNDO, whole=True),
    "disclosure:ask": for_all(),
    "published:partnerships": for_all(Releases.MAKE),
    "published:partnership": at("place", Releases.MAKE, whole=True),
    "published:choose": at("place", Releases.MAKE, whole=True),
    "studies:choose": for_all(Studies.VIEW),
    "studies:ask": for_all(Studies.RUN),
    "studies:study": at("study", Studies.VIEW),
    "studies:open": at("study", Studies.VIEW, Studies.SHARE, asked_only=True),
    "studies:share": at("study", Studies.VIEW, Studies.SHARE, asked_only=True),
    "studies:download": at("study", Studies.VIEW),
    "exchange:send": for_all(),
    "exchange:deliveries": for_all(),
    "exchange:delivery": at("place", Exchange.VIEW),
    "exchange:report": at("place", Exchange.VIEW),
    "exchange:findings": at("place", Exchange.VIEW),
    "exchange:match": at("place", Exchange.MAP, delivery_id="unmapped_id"),
    "exchange:preview": at("place", Exchange.MAP, delivery_id="unmapped_id"),
    "exchange:let_through": at("place", Exchange.VIEW, Exchange.LET_THROUGH, delivery_id="held_id"),
    "exchange:empty_months": at("place", Exchange.MAP),
    "exchange:withdraw": at("place", Exchange.MAP),
    "exchange:layouts": for_all(),
    "exchange:layout": at("place", Exchange.MAP),
    "exchange:layout_file": at("place", Exchange.MAP),
    "exchange:import_layout": for_all(),
    "exchange:retire_layout": at("place", Exchange.MAP),
    # Whoever has no part in a ledger is told so on the page; the other three send them to it.
    "duties:ledger": for_all(),
    "duties:download": for_all(),
    "duties:answer_pdf": for_all(),
    "duties:print": for_all(),
    "duties:return": at("place", Duties.VIEW, dataset="duty_dataset"),
    "duties:nothing": at("place", Duties.MANAGE, whole=True, dataset="duty_dataset"),
    "duties:not_held": at("place", Duties.MANAGE, whole=True, dataset="duty_dataset"),
    "duties:remind": at("place", Duties.VIEW, Duties.MANAGE, whole=True, dataset="duty_dataset"),
    "duties:contact": at("place", Duties.MANAGE, whole=True),
    "duties:withdraw": at("place", Duties.MANAGE, whole=True),
    "teams:list": for_all(),
    "teams:new": for_all(Teams.EDIT),
    "teams:team": at("team", Teams.VIEW),
    "teams:edit": at("team", Teams.EDIT),
    "teams:fill": at("team", Teams.EDIT),
    "teams:end": at("team", Teams.EDIT),
    "teams:pledge": at("team", Teams.EDIT),
    "concerns:list": for_all(),
    "concerns:new": for_all(Concerns.RAISE),
    "concerns:problems": for_all(),
    "concerns:problem": at("problem", Concerns.VIEW_PROBLEM),
    "concerns:edit_problem": at("problem", Concerns.GROUP),
    "concerns:tell_progress": at("problem", Concerns.REPLY),
    "concerns:answer_problem": at("problem", Concerns.ANSWER),
    "concerns:close_problem": at("problem", Concerns.GROUP),
    "concerns:reopen_problem": at("problem", Concerns.GROUP),
    "concerns:ungroup": at("problem", Concerns.GROUP),
    "concerns:concern": at("concern", Concerns.VIEW),
    "concerns:answer": at("concern", Concerns.VIEW, Concerns.ANSWER),
    "concerns:assign": at("concern", Concerns.VIEW, Concerns.ASSIGN),
    "concerns:place": at("concern", Concerns.VIEW, Concerns.PLACE),
    "concerns:withdraw": at("concern", Concerns.VIEW, Concerns.ANSWER),
    "concerns:group": at("concern", Concerns.VIEW, Concerns.GROUP),
    "concerns:photo": at("concern", Concerns.VIEW),
    "concerns:seen": at("concern", READ_AUDIT),
    "priorities:priorities": for_all(),
    "priorities:propose": for_all(Priorities.PROPOSE),
    "priorities:choose": for_all(Priorities.CHOOSE),
    "priorities:choose_at": at("area", Priorities.CHOOSE),
    "priorities:ballot": at("area", Priorities.CHOOSE),
    "priorities:priority": at("priority", Priorities.VIEW),
    "priorities:smart": at("priority", Priorities.PROPOSE),
    "priorities:review": at("priority", Priorities.REVIEW),
    "priorities:again": at("priority", Priorities.PROPOSE),
    "profiles:index": for_all(Profiles.VIEW),
    "profiles:profile": at("place", Profiles.VIEW),
    "profiles:note": at("area", Profiles.EDIT),
    "profiles:retire_note": at("note", Profiles.EDIT),
    "profiles:review": at("area", Profiles.EDIT),
    "plans:overview": for_all(),
    "plans:new_priority": at("place", PartnershipPlans.EDIT, whole=True),
    "plans:priority": at("place", PartnershipPlans.EDIT, whole=True, priority_id="strategic_id"),
    "plans:publish": at("place", PartnershipPlans.PUBLISH, whole=True),
    "tasks:tasks": for_all(),
    "tasks:task": at("task", Tasks.VIEW),
    "tasks:accept": at("task", Tasks.WORK, asked_only=True),
    "tasks:done": at("task", Tasks.WORK),
    "tasks:return": at("task", Tasks.WORK),
    "tasks:again": at("task", Tasks.GIVE),
    "tasks:withdraw": at("task", Tasks.GIVE),
    "cycle:year": for_all(),
    "cycle:step": at("place", Cycle.RECORD, whole=True),
    "problems:plans": for_all(),
    "problems:new": for_all(Plans.MAKE),
    "problems:plan": at("plan", Plans.VIEW),
    "problems:write": at("plan", Plans.WORK),
    "problems:onward": at("plan", Plans.WORK),
    "problems:back": at("plan", Plans.WORK),
    "problems:grow": at("plan", Plans.WORK),
    "problems:owner": at("plan", Plans.WORK),
    "problems:new_action": at("plan", Plans.WORK, Tasks.GIVE),
    "problems:new_partner": at("plan", Plans.WORK),
    "problems:review": at("plan", Plans.REVIEW),
    "problems:new_note": at("plan", Plans.WRITE_NOTES),
    "problems:close": at("plan", Plans.CLOSE),
    "feedback:debts": for_all(Concerns.VIEW),
    "evaluation:index": for_all(),
    "evaluation:evaluation": at("evaluation", Evaluations.VIEW),
    "evaluation:from_store": at("plan", Evaluations.MAKE),
    "evaluation:typed": at("plan", Evaluations.MAKE),
    "publishing:index": for_all(),
    "publishing:new": for_all(Publishing.WRITE),
    "publishing:answer": at("answer", Publishing.VIEW),
    "publishing:change": at("answer", Publishing.WRITE),
    "publishing:publish": at("answer", Publishing.PUBLISH),
    "publishing:withdraw": at("answer", Publishing.PUBLISH),
}

# Signed in or not: the status that a stranger's first visit gets. A step of a form sends back to its beginning; no outline is
# loaded in the matrix, so there is no map.
OPEN_NAMES: dict[str, Route] = {
    "api:show_delivery": at("place", receipt="slug"),
    "api:download_report": at("place", receipt="slug"),
    "api:nothing_here": at("place", rest="slug"),
    "public:partnership": at("place", slug="partnership_slug"),
    "public:priority": at("place", priority_id="adopted_id"),
    "public:areas_of": at("place", slug="partnership_slug"),
    "public:ward": at("place", code="slug"),
    "public:lsoa": at("place", code="slug"),
    "public:areas_csv": at("place", slug="partnership_slug", quarter="slug"),
}
OPEN: dict[str, int] = {
    # A stranger has no token. What a token opens is in tests/site/test_api.py.
    "api:about": 200,
    "api:openapi": 200,
    "api:nothing_here": 404,
    "api:send_delivery": 401,
    "api:show_delivery": 401,
    "api:download_report": 401,
    "api:list_datasets": 401,
    "api:show_dataset": 401,
    "api:list_layouts": 401,
    "design:components": 200,
    "public:home": 200,
    "public:find": 200,
    "public:map": 404,
    "public:partnership": 200,
    "public:neighbourhood": 200,
    "public:priority": 200,
    "public:crime": 200,
    "public:crime_csv": 200,
    # Nothing of a smaller area is published in the matrix.
    "public:areas": 200,
    "public:areas_of": 200,
    "public:ward": 404,
    "public:lsoa": 404,
    "public:areas_csv": 404,
    "public:answers": 200,
    "public:meetings": 200,
    "public:calendar": 200,
    "public:raise": 200,
    "public:raise_place": 200,
    "public:raise_what": 302,
    "public:raise_effect": 302,
    "public:raise_you": 302,
    "public:raise_check": 302,
    "public:raise_sent": 200,
    "public:raise_forget": 302,
    "public:ask": 200,
    "public:follow": 200,
    "public:follow_concern": 302,
    "public:follow_satisfied": 302,
    "public:follow_leave": 302,
    "public:accessibility": 200,
    "public:privacy": 200,
    "public:cookies": 200,
    "public:contact": 200,
    "public:figures": 200,
    "set_language": 302,
}

# Signing in: the library's own pages, which its own tests cover; what of them is open is decided in site.urls and settings.
THEIRS = frozenset(
    {
        "accounts/email/",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_email",
        "account_email_verification_sent",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_confirm_login_code",
        "account_confirm_email",
        "account_reset_password_from_key_done",
        "account_reset_password_from_key",
        "account_reset_password_done",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
    }
)
