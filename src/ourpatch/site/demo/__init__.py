"""The demo: an invented county, or real boundaries and records, played through the actions and loaders of real life."""
