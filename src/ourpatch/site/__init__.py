"""The doors: design system, public site, workspace, command line, and the roles that compose the rooms' permissions."""
