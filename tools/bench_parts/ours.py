"""`ourpatch load police-uk`, and again in the same process: `ours.py PASSES ARCHIVE...`. Prints the seconds of the last pass."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ourpatch.site import cli


class NoPandas:
    """pandas is here for the comparison only; pyarrow would load it, and where Ourpatch is installed there is none."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Say that it is not there."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def main(passes: int, archives: list[str]) -> None:
    """The command as it is typed; then, for every further pass, everything taken back and the same load again."""
    start = time.perf_counter()
    if cli.main(["load", "police-uk", *archives]):
        raise SystemExit(1)
    seconds = time.perf_counter() - start
    for _pass in range(passes - 1):
        _take_back()
        seconds = _load_again(archives)
    print(seconds)


def _take_back() -> None:
    from ourpatch.data.store import actions, queries
    from ourpatch.data.store.permissions import Permission
    from ourpatch.ground import clock
    from ourpatch.site.loading import command_line

    by = command_line(*Permission)
    for submission in queries.list_submissions(by).filter(state="loaded"):
        actions.undo_submission(by=by, submission_id=submission.pk, now=clock.now())


def _load_again(archives: list[str]) -> float:
    from ourpatch.data.exchange import actions
    from ourpatch.data.store.permissions import Permission
    from ourpatch.ground import clock
    from ourpatch.site.loading import command_line

    paths, by = [Path(each) for each in archives], command_line(*Permission)
    start = time.perf_counter()
    actions.load_police_uk(by=by, paths=paths, now=clock.now())
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.meta_path.insert(0, NoPandas)  # type: ignore[arg-type]
    main(int(sys.argv[1]), sys.argv[2:])
