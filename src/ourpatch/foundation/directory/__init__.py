"""The directory: organisations and their duty in the partnership, and the people who work in them."""
