"""What the audit holds can no longer be changed or removed through the database."""

from django.db import migrations

from ourpatch.ground.audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ground_audit", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
