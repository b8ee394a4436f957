from importlib import import_module

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "ourpatch.data.disclosure"
    label = "data_disclosure"

    def ready(self) -> None:
        import_module("ourpatch.data.disclosure.jobs")
