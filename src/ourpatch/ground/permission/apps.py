from django.apps import AppConfig


class PermissionConfig(AppConfig):
    name = "ourpatch.ground.permission"
    label = "ground_permission"
