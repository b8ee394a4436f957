"""Neighbourhood profiles: what is known of a place under the eight minimum categories, from which source, and how complete."""
