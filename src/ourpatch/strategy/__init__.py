"""The strategy floor: the partnership's priorities and plan, tasking, and the year."""
