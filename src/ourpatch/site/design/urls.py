"""The components page; mounted under /workspace/components/."""

from django.urls import path

from ourpatch.site.design import pages

app_name = "design"
urlpatterns = [path("", pages.components, name="components")]
