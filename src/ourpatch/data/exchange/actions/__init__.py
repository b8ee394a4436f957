"""Every write of the exchange: archives as their publisher sends them, deliveries of an authority's dataset, senders' layouts."""

from __future__ import annotations

from ourpatch.data.exchange.actions.archives import hand_in, incoming, load_handed_in, load_police_uk
from ourpatch.data.exchange.actions.deliveries import (
    let_old_files_go,
    let_through,
    match_columns,
    read_delivery,
    receive,
    withdraw,
)
from ourpatch.data.exchange.actions.layouts import retire_layout, save_layout

__all__ = [
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
