from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "ourpatch.interventions.problems"
    label = "interventions_problems"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.ground import subjects
        from ourpatch.interventions.problems import actions, agenda, links, year  # noqa: F401 - actions hold the room's listener
        from ourpatch.interventions.problems.models import Plan
        from ourpatch.interventions.problems.permissions import Permission

        subjects.register(Plan.KIND, Plan, "problems:plan", _("Problem-solving plan"), view=Permission.VIEW)
        agenda.register()
        links.register()
        year.register()
