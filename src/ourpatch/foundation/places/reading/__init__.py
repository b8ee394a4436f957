"""Readers of the files that boundaries, and what is known of areas, come in. They touch no database."""

from ourpatch.foundation.places.reading.areas import Columns, content_of, read_areas
from ourpatch.foundation.places.reading.parents import within_districts
from ourpatch.foundation.places.reading.rows import (
    AreaRow,
    DeprivationRow,
    LsoaChangeRow,
    NeighbourhoodRow,
    PlaceNameRow,
    PopulationRow,
    PostcodeRow,
    ReadAreas,
)
from ourpatch.foundation.places.reading.tables import (
    place_names,
    postcodes,
    read_deprivation,
    read_lsoa_changes,
    read_neighbourhoods,
    read_population,
)

__all__ = [
    "AreaRow",
    "Columns",
    "DeprivationRow",
    "LsoaChangeRow",
    "NeighbourhoodRow",
    "PlaceNameRow",
    "PopulationRow",
    "PostcodeRow",
    "ReadAreas",
    "content_of",
    "place_names",
    "postcodes",
    "read_areas",
    "read_deprivation",
    "read_lsoa_changes",
    "read_neighbourhoods",
    "read_population",
    "within_districts",
]
