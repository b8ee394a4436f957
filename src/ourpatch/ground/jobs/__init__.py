"""Work that runs later: registered by name, queued inside the transaction, urgent and bulk apart, ids only.

@jobs.job("messaging.send", queue="urgent", every_minutes=1)
def send() -> None: ...

jobs.enqueue("concerns.remind", concern.pk)
"""

from ourpatch.ground.jobs.registry import Job, all_jobs, enqueue, job

__all__ = ["Job", "all_jobs", "enqueue", "job"]
