"""The permissions of concerns and problems."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done with what people raise."""

    RAISE = "concerns.raise"
    FOLLOW = "concerns.follow"
    VIEW = "concerns.view"
    VIEW_CONTACT = "concerns.view_contact"
    REPLY = "concerns.reply"
    ANSWER = "concerns.answer"
    ASSIGN = "concerns.assign"
    PLACE = "concerns.place"
    VIEW_PROBLEM = "concerns.view_problem"
    GROUP = "concerns.group"
