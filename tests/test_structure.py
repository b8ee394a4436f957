"""What the import linter cannot see: foreign keys, migrations and writes stay where they belong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

pytestmark = pytest.mark.rules

PACKAGE = Path(settings.PACKAGE)
ROOM_ORDER = {name.removeprefix("ourpatch.").replace(".", "_"): place for place, name in enumerate(settings.ROOMS)}
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "raw",
    "cursor",
    "store_change",
}
WRITING_FILES = {"actions.py", "models.py"}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in ROOM_ORDER]


def test_no_foreign_key_points_to_a_later_room() -> None:
    late = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        and field.related_model._meta.app_label in ROOM_ORDER
        and ROOM_ORDER[field.related_model._meta.app_label] > ROOM_ORDER[model._meta.app_label]
    ]
    assert late == []


def test_no_foreign_key_is_generic() -> None:
    from django.contrib.contenttypes.fields import GenericForeignKey

    generic = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]
    assert generic == []


def test_no_migration_depends_on_a_later_room() -> None:
    late = []
    for path in PACKAGE.glob("*/*/migrations/0*.py"):
        label = f"{path.parents[2].name}_{path.parents[1].name}"
        for needed in re.findall(r"\(['\"](\w+_\w+)['\"], ['\"]\d{4}", path.read_text()):
            if ROOM_ORDER.get(needed, -1) > ROOM_ORDER[label]:
                late.append(f"{label} -> {needed}")
    assert late == []


def test_every_room_that_owns_tables_is_an_app_with_a_migration() -> None:
    missing = {
        model._meta.app_label
        for model in our_models()
        if not list(Path(apps.get_app_config(model._meta.app_label).path).glob("migrations/0001_*.py"))
    }
    assert missing == set()


def stray_writes() -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if (
            inside.parts[0] == "ground"
            or path.name in WRITING_FILES
            or "migrations" in inside.parts
            or "actions" in inside.parts
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if _is_write(node):
                yield f"{inside}:{node.lineno} {ast.unparse(node)[:60]}"


def _is_write(node: ast.AST) -> bool:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return is_call and node.func.attr in WRITES and _is_on_a_model(node.func.value)


def _is_on_a_model(value: ast.expr) -> bool:
    """`Something.objects...update()` and `record.save()` are writes; `digest.update()` and `{}.update()` are not ours."""
    text = ast.unparse(value)
    is_database = re.fullmatch(r"connections?(\[.*\])?", text) is not None
    return ".objects" in text or is_database or text in MODEL_NAMES or text.split(".")[0] in MODEL_NAMES


MODEL_NAMES = {name for model in apps.get_models() for name in (model.__name__, model._meta.model_name or "")}


def test_state_changes_only_in_actions() -> None:
    assert list(stray_writes()) == []


def test_django_admin_is_not_installed() -> None:
    assert not apps.is_installed("django.contrib.admin")
