"""The one task table: what an organisation was asked to do about a subject, until when, and what became of it."""
