from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "ourpatch.site.demo"
    label = "site_demo"
