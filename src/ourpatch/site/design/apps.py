from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "ourpatch.site.design"
    label = "site_design"
