from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "ourpatch.foundation.messaging"
    label = "foundation_messaging"

    def ready(self) -> None:
        from ourpatch.foundation.messaging import jobs  # noqa: F401 - registers the sender
