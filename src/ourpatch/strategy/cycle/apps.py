from django.apps import AppConfig


class CycleConfig(AppConfig):
    name = "ourpatch.strategy.cycle"
    label = "strategy_cycle"

    def ready(self) -> None:
        from ourpatch.strategy.cycle import evidence, radar

        evidence.register()
        radar.register()
