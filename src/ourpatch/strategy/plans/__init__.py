"""The partnership's strategic priorities, each with a named lead, and its published plan."""
