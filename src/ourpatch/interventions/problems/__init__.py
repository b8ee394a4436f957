"""Problem-solving plans: what is behind a problem, who does what about it, whether it worked, and when it may be closed."""
