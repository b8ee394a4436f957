"""Every write of the exchange: archives as their publisher sends them, deliveries of an authority's dataset, senders' layouts.

Each part is loaded when it is first asked for: the command line needs one of them, and reads the others for nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ourpatch.data.exchange.actions.archives import hand_in, incoming, load_handed_in, load_police_uk
    from ourpatch.data.exchange.actions.deliveries import (
        confirm_emptying,
        let_old_files_go,
        let_through,
        match_columns,
        read_delivery,
        receive,
        withdraw,
    )
    from ourpatch.data.exchange.actions.layouts import retire_layout, save_layout

__all__ = [
    "confirm_emptying",
    "hand_in",
    "incoming",
    "let_old_files_go",
    "let_through",
    "load_handed_in",
    "load_police_uk",
    "match_columns",
    "read_delivery",
    "receive",
    "retire_layout",
    "save_layout",
    "withdraw",
]

_PART_OF = {
    "hand_in": "archives",
    "incoming": "archives",
    "load_handed_in": "archives",
    "load_police_uk": "archives",
    "retire_layout": "layouts",
    "save_layout": "layouts",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PART_OF.get(name, 'deliveries')}"), name)
