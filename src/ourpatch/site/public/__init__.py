"""The public site: the resident's door."""
