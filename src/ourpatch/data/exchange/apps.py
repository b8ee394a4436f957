from importlib import import_module

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "ourpatch.data.exchange"
    label = "data_exchange"

    def ready(self) -> None:
        import_module("ourpatch.data.exchange.jobs")
        import_module("ourpatch.data.exchange.specification_checks").register()
