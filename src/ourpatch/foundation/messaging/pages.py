"""The outbox page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.foundation.accounts.doors import signed_in
from ourpatch.foundation.messaging import actions, forms, queries, rules
from ourpatch.foundation.messaging.models import Message, MessageState
from ourpatch.foundation.messaging.permissions import Permission
from ourpatch.ground.audit import trail
from ourpatch.ground.pages import page, paged, tell

COLOURS = {
    MessageState.WAITING: "blue",
    MessageState.SENDING: "blue",
    MessageState.SENT: "green",
    MessageState.FAILED: "red",
    MessageState.UNKNOWN: "orange",
}


@require_GET
@signed_in
def outbox(request: HttpRequest) -> HttpResponse:
    """What was written to people, and what became of it."""
    form = forms.FilterForm(request.GET)
    form.is_valid()
    messages = paged(request, queries.list_messages(request.actor, state=form.cleaned_data.get("state", "")))
    trail.seen(request.actor, "messaging.outbox", "message", [each.pk for each in messages])
    return page(
        request,
        "foundation_messaging/outbox.html",
        {
            "search": form,
            "messages_page": messages,
            "head": [_("Subject"), _("To"), _("Queued"), _("State")],
            "rows": [_row(each) for each in messages],
            "to_decide": queries.count_to_decide(request.actor),
        },
    )


@require_GET
@signed_in
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message as it was, or will be, sent."""
    found = queries.get_message(request.actor, message_id)
    trail.seen(request.actor, "messaging.message", "message", [found.pk])
    undecided = found.state in (MessageState.FAILED, MessageState.UNKNOWN)
    return page(
        request,
        "foundation_messaging/message.html",
        {
            "message": found,
            "facts": _facts(found),
            "body": queries.body_for(request.actor, found),
            "may_decide": undecided and request.actor.holds(Permission.DECIDE),
        },
    )


@require_POST
@signed_in
def send_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a failed or unknown message once more."""
    actions.send_again(by=request.actor, message_id=message_id, now=request.now)
    tell(request, _("The message is in the queue again."))
    return redirect("messaging:message", message_id)


@require_POST
@signed_in
def confirm_sent(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Say that the message has arrived."""
    actions.confirm_sent(by=request.actor, message_id=message_id, now=request.now)
    tell(request, _("The message is marked as sent."))
    return redirect("messaging:message", message_id)


def _row(message: Message) -> list[object]:
    return [
        {"text": message.subject or _("(no subject)"), "href": reverse("messaging:message", args=[message.pk])},
        rules.masked(message.address),
        date_format(timezone.localtime(message.queued_at), "j F Y H:i"),
        {"tag": {"text": message.get_state_display(), "colour": COLOURS[MessageState(message.state)]}},
    ]


def _facts(message: Message) -> list[dict[str, object]]:
    facts = [
        (_("To"), rules.masked(message.address)),
        (_("By"), message.get_channel_display()),
        (_("State"), message.get_state_display()),
        (_("Queued"), date_format(timezone.localtime(message.queued_at), "j F Y H:i")),
        (_("Sent"), date_format(timezone.localtime(message.sent_at), "j F Y H:i") if message.sent_at else ""),
        (_("Tries"), str(message.attempts)),
        (_("What went wrong"), message.error),
    ]
    return [{"key": name, "value": value} for name, value in facts if value]
