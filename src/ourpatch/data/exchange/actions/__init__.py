"""Every write of the exchange: archives as their publisher sends them, deliveries of an authority's dataset, senders' layouts."""

from __future__ import annotations

from ourpatch.data.exchange.actions.archives import hand_in, incoming, load_handed_in, load_police_uk

__all__ = ["hand_in", "incoming", "load_handed_in", "load_police_uk"]
