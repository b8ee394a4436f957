from importlib import import_module

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "ourpatch.intelligence.profiles"
    label = "intelligence_profiles"

    def ready(self) -> None:
        import_module("ourpatch.intelligence.profiles.sections").register()
