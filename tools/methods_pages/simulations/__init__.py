"""What the methods do when there is nothing to find, and when the truth is known: one module a family, seeds fixed."""
