"""Addresses of accounts, under /workspace/accounts/."""

from django.urls import path

from ourpatch.foundation.accounts import pages, token_pages

app_name = "accounts"
urlpatterns = [
    path("", pages.people_and_roles, name="people_and_roles"),
    path("invite/", pages.invite, name="invite"),
    path("why/", pages.why, name="why"),
    path("tokens/", token_pages.show_tokens, name="tokens"),
    path("tokens/new/", token_pages.new_token, name="new_token"),
    path("tokens/<uuid:token_id>/", token_pages.show_token, name="token"),
    path("tokens/<uuid:token_id>/revoke/", token_pages.revoke, name="revoke_token"),
    path("<uuid:user_id>/", pages.account, name="account"),
    path("<uuid:user_id>/roles/", pages.give_role, name="give_role"),
    path("<uuid:user_id>/switch/", pages.switch, name="switch"),
    path("<uuid:user_id>/why/", pages.why_for, name="why_for"),
    path("roles/<uuid:grant_id>/end/", pages.end_role, name="end_role"),
]
