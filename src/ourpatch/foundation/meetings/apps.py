from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "ourpatch.foundation.meetings"
    label = "foundation_meetings"
