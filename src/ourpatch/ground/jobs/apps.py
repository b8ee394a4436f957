from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "ourpatch.ground.jobs"
    label = "ground_jobs"
