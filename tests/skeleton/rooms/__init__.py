"""Rooms that are not built yet, as thin as can be: they prove that the ways between floors carry what they will need."""
