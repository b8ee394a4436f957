from django.apps import AppConfig


class TaskingConfig(AppConfig):
    name = "ourpatch.strategy.tasking"
    label = "strategy_tasking"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from ourpatch.ground import subjects
        from ourpatch.ground.tasks.models import Task

        subjects.register(Task.KIND, Task, "tasks:task", _("Task"))
