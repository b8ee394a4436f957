"""The debt of answers: what was raised and not answered, how long ago, by whom it is owed, and who is told when it grows old."""
