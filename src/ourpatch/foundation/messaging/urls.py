"""Addresses of the outbox, under /workspace/messaging/."""

from django.urls import path

from ourpatch.foundation.messaging import pages

app_name = "messaging"
urlpatterns = [
    path("", pages.outbox, name="outbox"),
    path("<uuid:message_id>/", pages.message, name="message"),
    path("<uuid:message_id>/again/", pages.send_again, name="send_again"),
    path("<uuid:message_id>/sent/", pages.confirm_sent, name="confirm_sent"),
]
