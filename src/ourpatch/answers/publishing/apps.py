from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "ourpatch.answers.publishing"
    label = "answers_publishing"
