"""How dates and times are written and read here, in English and in Welsh: the day comes first."""
