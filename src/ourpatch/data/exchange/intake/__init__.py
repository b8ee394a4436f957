"""From a delivered file to rows for the store: judged, placed, put into shape."""
