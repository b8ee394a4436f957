"""Evaluation: whether what was done made a difference, in figures and in words that claim no more than they carry."""
