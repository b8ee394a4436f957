"""The intelligence floor. Intelligence: what is known about a neighbourhood."""
