from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "ourpatch.site.workspace"
    label = "site_workspace"
