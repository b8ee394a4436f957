from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "ourpatch.answers.feedback"
    label = "answers_feedback"

    def ready(self) -> None:
        from ourpatch.answers.feedback import jobs  # noqa: F401 - registers the job
