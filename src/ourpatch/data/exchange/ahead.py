"""Work done ahead of whoever waits for it: in threads, handed over in order, never holding more than a stated size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")

THREADS = 2
# Bytes of the files that were begun and are not yet done with; one file by itself may be larger.
MOST_HELD = 48 * 1024 * 1024


def ahead(work: Callable[[Task], Done], tasks: Sequence[Task], size: Callable[[Task], int]) -> Generator[Done]:
    """What `work` makes of each task, in the tasks' order; `size` says how many bytes a task holds until it is handed over.

    The work runs in threads, so it must not touch the database. What it raises is raised when its turn comes; nothing after it
    is begun.
    """
    running: deque[tuple[int, Future[Done]]] = deque()
    held = 0
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")
    try:
        for task in tasks:
            while running and held + size(task) > MOST_HELD:
                yield running[0][1].result()
                held -= running.popleft()[0]
            running.append((size(task), pool.submit(work, task)))
            held += size(task)
        while running:
            yield running.popleft()[1].result()
    finally:
        pool.shutdown(cancel_futures=True)
