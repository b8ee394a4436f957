"""Places: dated boundary sets and their areas, the stable service areas that grants and records name, and finding a place."""
