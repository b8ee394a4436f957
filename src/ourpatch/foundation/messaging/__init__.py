"""Messaging: what must be sent is a row written in the transaction; a worker carries it, and nothing is lost or sent twice."""
