from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "ourpatch.site"
    label = "site"

    def ready(self) -> None:
        from ourpatch.site import roles

        roles.register()
