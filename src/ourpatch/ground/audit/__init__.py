"""What was done to, and who looked at, every record: append-only rows, sealed in a keyed chain every few seconds."""
