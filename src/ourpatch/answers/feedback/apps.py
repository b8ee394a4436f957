from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "ourpatch.answers.feedback"
    label = "answers_feedback"
