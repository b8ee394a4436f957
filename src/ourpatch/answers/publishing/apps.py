from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "ourpatch.answers.publishing"
    label = "answers_publishing"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.answers.publishing import links
        from ourpatch.answers.publishing.models import PublishedAnswer
        from ourpatch.ground import subjects

        subjects.register(PublishedAnswer.KIND, PublishedAnswer, "publishing:answer", _("You said, we did"))
        links.register()
