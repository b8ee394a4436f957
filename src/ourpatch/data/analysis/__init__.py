"""Numbers that a partnership can stand by: numpy in, frozen dataclasses out. No tables, no Django, no wishful
wording.
"""
