"""Teams, the posts on them and what they promise. What a team shows is public; nothing here is private to a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.access.teams.rules import PostKind, Term
from ourpatch.foundation.directory.models import Person
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.models import Protected

POST_LABELS = {
    PostKind.OFFICER: _("Neighbourhood officer"),
    PostKind.PCSO: _("Police community support officer (PCSO)"),
    PostKind.SERGEANT: _("Neighbourhood sergeant"),
    PostKind.INSPECTOR: _("Neighbourhood inspector"),
    PostKind.SPECIAL: _("Special constable"),
    PostKind.NEIGHBOURHOOD_MANAGER: _("Neighbourhood manager"),
    PostKind.WARDEN: _("Community warden"),
    PostKind.ASB_OFFICER: _("Anti-social behaviour officer"),
    PostKind.STREETS: _("Streets and open spaces"),
    PostKind.HOUSING: _("Housing officer"),
    PostKind.YOUTH: _("Youth worker"),
    PostKind.FIRE: _("Fire safety officer"),
    PostKind.HEALTH: _("Health worker"),
    PostKind.COUNCILLOR: _("Ward councillor"),
    PostKind.VOLUNTEER: _("Volunteer"),
    PostKind.OTHER: _("Team member"),
}


def in_language(english: str, welsh: str) -> str:
    """The Welsh text when the reader's language is Welsh and there is one, else the English."""
    return welsh if welsh and (get_language() or "").startswith("cy") else english


class Team(Protected):
    """The team of one service area. Its controller is the lead organisation; open to every member of the partnership."""

    KIND: ClassVar[str] = "team"
    ACTIVITY: ClassVar[str] = "neighbourhood_team"

    name_en = models.CharField(max_length=160)
    name_cy = models.CharField(max_length=160, blank=True)
    about_en = models.TextField(blank=True)
    about_cy = models.TextField(blank=True)
    public_email = models.EmailField(blank=True)
    public_telephone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_area_id"], name="team_of_area_once")]

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_en, self.name_cy)

    @property
    def about(self) -> str:
        """What the team is, in the reader's language."""
        return in_language(self.about_en, self.about_cy)


class Post(models.Model):
    """One person's dated place on a team. Empty public fields fall back to the person's name and the team's own contact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=25, choices=[(str(kind), POST_LABELS[kind]) for kind in PostKind])
    label_en = models.CharField(max_length=120, blank=True)
    label_cy = models.CharField(max_length=120, blank=True)
    is_named_contact = models.BooleanField(default=False)
    covers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="cover")
    takes = models.JSONField(default=list)
    from_on = models.DateField()
    until = models.DateField(null=True)
    public_name = models.CharField(max_length=120, blank=True)
    public_email = models.EmailField(blank=True)
    public_telephone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("from_on")), name="post_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(covers__isnull=True) | Q(is_named_contact=False), name="cover_is_no_second_contact"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_named_contact=True, until__isnull=True), name="one_open_named_contact"
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="post_of_person")]

    @property
    def name(self) -> str:
        """The name people are given."""
        return self.public_name or self.person.name

    @property
    def label(self) -> str:
        """What this person is on the team, in the reader's language."""
        return in_language(self.label_en, self.label_cy) or str(POST_LABELS[PostKind(self.kind)])

    @property
    def email(self) -> str:
        """Where people write: the post's own address, else the team's."""
        return self.public_email or self.team.public_email

    @property
    def telephone(self) -> str:
        """Where people ring: the post's own number, else the team's."""
        return self.public_telephone or self.team.public_telephone

    def term(self) -> Term:
        """The facts that rules judge."""
        return Term(
            post_id=self.id,
            kind=PostKind(self.kind),
            from_on=self.from_on,
            until=self.until,
            is_named_contact=self.is_named_contact,
            covers=self.covers_id,
            takes=frozenset(self.takes),
        )


class PledgeLine(models.Model):
    """One promise of a team to the people of its area."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="pledge")
    position = models.PositiveSmallIntegerField()
    text_en = models.CharField(max_length=300)
    text_cy = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["team", "position"], name="pledge_position_once")]

    @property
    def text(self) -> str:
        """The promise in the reader's language."""
        return in_language(self.text_en, self.text_cy)
