from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ourpatch.foundation.accounts"
    label = "foundation_accounts"

    def ready(self) -> None:
        from ourpatch.foundation.accounts import sign_ins  # noqa: F401 - listens to allauth
