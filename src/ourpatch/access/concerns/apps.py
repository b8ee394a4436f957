from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "ourpatch.access.concerns"
    label = "access_concerns"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.access.concerns import jobs  # noqa: F401 - registers the job and the listener
        from ourpatch.access.concerns.models import Concern, Problem
        from ourpatch.access.concerns.permissions import Permission
        from ourpatch.ground import subjects

        subjects.register(Concern.KIND, Concern, "concerns:concern", _("Concern"), view=Permission.VIEW)
        subjects.register(Problem.KIND, Problem, "concerns:problem", _("Problem"), view=Permission.VIEW_PROBLEM)
