"""Ourpatch: the platform that closes the loop from a resident's concern to an answer and measured confidence."""
