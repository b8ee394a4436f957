"""A worker killed with -9 in the middle of a job: the job runs again, and what it wrote before is not lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django_q.models import OrmQ
from django_q.tasks import async_task

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

# A worker's settings with short waits, and one job that notes each beginning and hangs the first time.
SETTINGS = """
import os
from {base} import *
DATABASES["default"]["NAME"] = {name!r}
Q_CLUSTER = {{**Q_CLUSTER, "timeout": 3, "retry": 4, "ALT_CLUSTERS": {{}}}}
INSTALLED_APPS = [*INSTALLED_APPS, "hanging"]
"""
JOB = """
from django.apps import AppConfig

class HangingConfig(AppConfig):
    name = "hanging"

    def ready(self):
        import time
        from pathlib import Path
        from ourpatch.ground import jobs

        notes = Path({folder!r}) / "notes.txt"

        @jobs.job("test.hang", queue="urgent")
        def hang(number):
            with notes.open("a") as out:
                out.write(f"begun {{number}}\\n")
            if notes.read_text().count("begun") == 1:
                time.sleep(60)
            with notes.open("a") as out:
                out.write(f"done {{number}}\\n")
"""


class Worker:
    """A real worker process with its own children, which can be killed all at once."""

    def __init__(self, folder: Path) -> None:
        package = folder / "hanging"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "apps.py").write_text(JOB.format(folder=str(folder)))
        text = SETTINGS.format(base=os.environ["DJANGO_SETTINGS_MODULE"], name=str(connection.settings_dict["NAME"]))
        (folder / "worker_settings.py").write_text(text)
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        source = str(Path(settings.PACKAGE).parent)
        path = os.pathsep.join([str(self.folder), source, os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "django", "qcluster", "--settings", "worker_settings"],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def notes(self) -> list[str]:
        path = self.folder / "notes.txt"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, note: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while note not in self.notes():
            assert time.monotonic() < deadline, f"{note!r} did not come; noted: {self.notes()}"
            time.sleep(0.2)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path)
    yield made
    made.kill()


def test_a_killed_workers_job_runs_again(worker: Worker) -> None:
    async_task(
        "ourpatch.ground.jobs.worker.run", "test.hang", 7, cluster="urgent", q_options={"task_name": "test.hang"}
    )
    connections.close_all()
    worker.start()
    worker.wait_for("begun 7")
    worker.kill()
    worker.start()
    worker.wait_for("done 7")
    assert worker.notes() == ["begun 7", "begun 7", "done 7"]
    deadline = time.monotonic() + 20
    while OrmQ.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not OrmQ.objects.exists(), "what is done is not in the queue any more"
