"""The answers floor. Answers: debts of an answer, whether it worked, and telling people."""
