"""Tasking: what organisations ask of one another, told so that five minutes a week are enough to answer."""
