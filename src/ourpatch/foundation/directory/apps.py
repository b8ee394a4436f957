from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "ourpatch.foundation.directory"
    label = "foundation_directory"
