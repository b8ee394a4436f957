"""Changing places: boundary sets and what is known of their areas, service areas, the gazetteer and the postcode directory.

Bulk goes in chunks of at most 500 rows, each a transaction of its own; a set is used only once it is complete, and loading
the same content again takes up where a stopped load left off, or changes nothing.
"""

from ourpatch.foundation.places.actions.boundary_sets import (
    attach_deprivation,
    attach_population,
    load_boundary_set,
    note_on_set,
)
from ourpatch.foundation.places.actions.directories import Kept, load_place_names, load_postcodes
from ourpatch.foundation.places.actions.lsoa_changes import load_lsoa_changes
from ourpatch.foundation.places.actions.service_areas import (
    make_neighbourhoods_from_wards,
    make_partnerships_from_districts,
    make_service_area,
)

__all__ = [
    "Kept",
    "attach_deprivation",
    "attach_population",
    "load_boundary_set",
    "load_lsoa_changes",
    "load_place_names",
    "load_postcodes",
    "make_neighbourhoods_from_wards",
    "make_partnerships_from_districts",
    "make_service_area",
    "note_on_set",
]
