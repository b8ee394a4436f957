"""The one door through which figures leave: what may be shown, and why the rest is withheld."""
