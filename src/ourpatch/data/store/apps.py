from importlib import import_module

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "ourpatch.data.store"
    label = "data_store"

    def ready(self) -> None:
        import_module("ourpatch.data.store.jobs")
