from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "ourpatch.answers.evaluation"
    label = "answers_evaluation"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.answers.evaluation import links, year
        from ourpatch.answers.evaluation.models import Evaluation
        from ourpatch.ground import subjects

        subjects.register(Evaluation.KIND, Evaluation, "evaluation:evaluation", _("Evaluation"))
        links.register()
        year.register()
