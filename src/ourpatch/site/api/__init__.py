"""The door for programs: an organisation's own systems send files and ask what became of them."""
