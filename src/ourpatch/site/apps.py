from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "ourpatch.site"
    label = "site"

    def ready(self) -> None:
        from ourpatch.site import jobs, roles  # noqa: F401 - jobs register themselves

        roles.register()
