from importlib import import_module

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "ourpatch.data.duties"
    label = "data_duties"

    def ready(self) -> None:
        from ourpatch.data.duties import radar

        import_module("ourpatch.data.duties.jobs")
        radar.register()
