"""Datasets that a partnership adds itself: what one may hold, its specification as a file, adding, revising and retiring it."""
