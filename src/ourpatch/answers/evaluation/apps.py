from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "ourpatch.answers.evaluation"
    label = "answers_evaluation"
