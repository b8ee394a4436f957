"""Priorities: what a neighbourhood's forum has chosen to be worked on, how it chose, and when it looks again."""
