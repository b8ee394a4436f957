"""The ground floor: it knows no domain. Actors, permission, audit, events, contributions, tasks, jobs, geography, errors."""
