"""The chapters of the demo, in the order in which they are set up; each plays through the actions of its rooms."""
