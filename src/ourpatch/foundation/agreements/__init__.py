"""Agreements: what permits one organisation to let another see a record. Sharing ends the day the agreement lapses."""
