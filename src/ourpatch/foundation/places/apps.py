from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "ourpatch.foundation.places"
    label = "foundation_places"
