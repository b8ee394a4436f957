"""Meetings: forums with their terms of reference, meetings with agenda, attendance by group, minutes, decisions and actions."""
