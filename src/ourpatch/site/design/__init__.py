"""The design system: assets, base pages, components and forms that every page of Ourpatch is made of.

A door knows no domain and no room imports it: rooms name its templates and template tags, and their plain Django forms are
drawn by its renderer.
"""
