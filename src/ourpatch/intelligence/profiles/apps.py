from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "ourpatch.intelligence.profiles"
    label = "intelligence_profiles"

    def ready(self) -> None:
        from ourpatch.intelligence.profiles import sections

        sections.register()
