from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from ourpatch.data.store.specs import Field
    from ourpatch.ground.words import Message


class ExchangeConfig(AppConfig):
    name = "ourpatch.data.exchange"
    label = "data_exchange"

    def ready(self) -> None:
        from ourpatch.data.store.own.rules import FIELD_CHECKS

        import_module("ourpatch.data.exchange.jobs")
        FIELD_CHECKS.add("gate", _check_field)


def _check_field(field: Field) -> Message | None:
    # The gate knows many words, and most commands have no use for it.
    from ourpatch.data.exchange.specification_checks import check_field

    return check_field(field)
