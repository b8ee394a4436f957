from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "ourpatch.access.teams"
    label = "access_teams"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.access.teams.models import Team
        from ourpatch.ground import subjects

        subjects.register(Team.KIND, Team, "teams:team", _("Team"))
