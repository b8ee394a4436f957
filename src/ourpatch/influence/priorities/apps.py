from django.apps import AppConfig


class PrioritiesConfig(AppConfig):
    name = "ourpatch.influence.priorities"
    label = "influence_priorities"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.ground import subjects
        from ourpatch.influence.priorities import agenda, links, sources
        from ourpatch.influence.priorities.models import Priority
        from ourpatch.influence.priorities.permissions import Permission

        subjects.register(Priority.KIND, Priority, "priorities:priority", _("Priority"), view=Permission.VIEW)
        sources.register()
        agenda.register()
        links.register()
