"""Settings: base, and on it embedded (SQLite, one machine), production (PostgreSQL) and test."""
