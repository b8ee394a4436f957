"""The interventions floor. Interventions: problems worked on together."""
