from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "ourpatch.foundation.agreements"
    label = "foundation_agreements"

    def ready(self) -> None:
        from ourpatch.foundation.agreements import jobs  # noqa: F401 - registers the lapse
