"""Who works here, what the neighbourhood asked for, and how residents were answered."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.teams import queries as teams
from ourpatch.foundation.meetings import queries as meetings
from ourpatch.ground import clock
from ourpatch.influence.priorities import queries as influence
from ourpatch.intelligence.profiles.contents import Section, Setting, Source, Table
from ourpatch.intelligence.profiles.sections import words

OWN = "Ourpatch"
# Fewer people than this and a share would be about somebody.
FEWEST_SHOWN = 20


def team(setting: Setting) -> Section | None:
    """The team and its next public meeting."""
    on = clock.london_date(setting.now)
    found = teams.team_of(setting.neighbourhood.pk, on)
    if found is None or not found.members:
        return None
    rows = [[post.name, post.label, post.person.organisation.name] for post in found.members]
    meeting = meetings.next_meeting(setting.neighbourhood.pk, setting.now)
    said = [_("Nobody is the named contact at present.")] if found.named_contact is None else []
    if meeting:
        when = words.day(clock.london_date(meeting.starts_at))
        said.append(_("The next public meeting is on %(day)s at %(venue)s.") % {"day": when, "venue": meeting.venue})
    return Section(
        title=_("Neighbourhood team"),
        source=Source(_("Teams and meetings"), OWN, True, on),
        sentences=tuple(said),
        tables=(Table(_("Who works here"), [_("Name"), _("Role"), _("Organisation")], rows),),
    )


def priorities(setting: Setting) -> Section | None:
    """Current priorities, and what came of earlier ones."""
    here = setting.neighbourhood.pk
    current, earlier = list(influence.current(here)), list(influence.previous(here))
    if not current and not earlier:
        return None
    tables = []
    if current:
        head = [_("Priority"), _("What is asked for"), _("Review due")]
        rows = [
            [each.shown_title, each.shown_statement, words.day(each.review_due_on)]
            for each in current
            if each.review_due_on
        ]
        tables.append(Table(_("Current priorities"), head, rows))
    if earlier:
        head = [_("Priority"), _("Finished"), _("Why")]
        rows = [
            [each.shown_title, words.day(each.closed_on), each.closing_reason] for each in earlier if each.closed_on
        ]
        tables.append(Table(_("Earlier priorities"), head, rows))
    on = clock.london_date(setting.now)
    return Section(_("Priorities"), Source(_("Priorities chosen by forums"), OWN, True, on), tables=tuple(tables))


def answers(setting: Setting) -> Section | None:
    """How many residents had a meaningful reply in time; nothing where none was due."""
    found = concerns.measure_on_time(now=setting.now, neighbourhood_id=setting.neighbourhood.pk)
    if found.share is None or (setting.is_public and found.ended < FEWEST_SHOWN):
        return None
    said = _(
        "%(percent)s%% of the %(ended)s residents whose clock has ended had a meaningful reply within 72 hours."
    ) % {
        "percent": words.number(100 * found.share),
        "ended": words.number(found.ended),
    }
    source = Source(_("Replies to residents"), OWN, True, clock.london_date(setting.now))
    return Section(_("How residents were answered"), source, sentences=(said,))
