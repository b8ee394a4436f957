"""The partnership's year: the seventeen steps as a live checklist that always says what is due next."""
