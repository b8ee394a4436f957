from importlib import import_module

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    name = "ourpatch.data.studies"
    label = "data_studies"

    def ready(self) -> None:
        import_module("ourpatch.data.studies.jobs")
