from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "ourpatch.strategy.plans"
    label = "strategy_plans"
