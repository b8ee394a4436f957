from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "ourpatch.ground.tasks"
    label = "ground_tasks"

    def ready(self) -> None:
        from ourpatch.ground import subjects
        from ourpatch.ground.tasks.models import Task

        subjects.register(Task.KIND, Task, "", _("Task"))
