"""Accounts: who may sign in, with which roles where, and the actor that each request acts as."""
