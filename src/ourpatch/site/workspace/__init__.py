"""The workspace's own pages: my day. Every other staff page belongs to its room."""
