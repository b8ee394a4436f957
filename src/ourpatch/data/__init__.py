"""The data floor. Data: the store, what comes in, analysis, and what may go out."""
