from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ourpatch.ground.audit"
    label = "ground_audit"

    def ready(self) -> None:
        from ourpatch.ground.audit import jobs  # noqa: F401 - registers the sealer
