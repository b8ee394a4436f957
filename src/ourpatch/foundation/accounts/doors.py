"""The door to staff pages, as the rooms after accounts know it; it stands on the ground because earlier rooms have pages too."""

from ourpatch.ground.doors import gave_second_factor, has_second_factor, signed_in

__all__ = ["gave_second_factor", "has_second_factor", "signed_in"]
