"""Who looks after a neighbourhood: its team, the one named contact, cover, and what the team promises."""
