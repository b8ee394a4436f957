"""Password hashing for a build of the demo: quick, since the page beside it shows the password anyway."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with little work. A hash says how it was made, and is made anew at full strength when its person signs in."""

    time_cost = 1
    memory_cost = 1024
    parallelism = 1
