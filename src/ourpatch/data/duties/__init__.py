"""Who owes which data for which period, what came of it, and the reminders: the answer to "are we compliant?"."""
