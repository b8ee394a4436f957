from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "ourpatch.ground.tasks"
    label = "ground_tasks"
