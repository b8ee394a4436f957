from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "ourpatch.site.public"
    label = "site_public"
