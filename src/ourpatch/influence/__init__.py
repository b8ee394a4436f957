"""The influence floor. Influence: what neighbourhoods choose to be worked on."""
