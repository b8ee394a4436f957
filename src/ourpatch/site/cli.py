"""The command line: `ourpatch serve demo load-boundaries load verify-audit check ...`.

Exit status 0: done; 1: the work failed; 2: bad usage; 141: whoever read the output had enough. Errors say what to do next.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from ourpatch.site import analysing, ledger

FAILED = 1
# As shells tell it of a program that a closed pipe ended: 128 and the number of the signal.
PIPE_CLOSED = 141

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, set up, run; called by the `ourpatch` script."""
    parsed = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourpatch.settings.embedded")
    if getattr(parsed, "home", None):
        os.environ["OURPATCH_HOME"] = str(parsed.home)
    from ourpatch.ground.errors import OurpatchError

    try:
        command: Command = parsed.command
        status = command(parsed)
        # What is still to be written meets a closed pipe here, not while Python ends.
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever reads has enough (`ourpatch loads | head`). Nothing more is written, not even at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OurpatchError as error:
        print(f"ourpatch: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("ourpatch: stopped.", file=sys.stderr)
        return FAILED


def script() -> None:
    """The entry point of the installed script."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ourpatch", description="Ourpatch: concern, priority, plan, action, answer.")
    parser.add_argument("--home", type=Path, help="where the data lives (else OURPATCH_HOME, else ./var)")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serving(verbs)
    _add_loading(verbs)
    _add_keeping(verbs)
    return parser


def _add_serving(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = verbs.add_parser("serve", help="serve the site and run its workers")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--no-workers", action="store_true", help="serve pages only; run `ourpatch worker` elsewhere")
    serve.set_defaults(command=_serve)

    worker = verbs.add_parser("worker", help="run one worker")
    worker.add_argument("queue", choices=["urgent", "bulk"])
    worker.set_defaults(command=_worker)

    demo = verbs.add_parser("demo", help="invent the demo partnership (or use real records) and serve it")
    demo.add_argument("--area", choices=["invented", "lancashire"], default="invented")
    demo.add_argument("--data", type=Path, help="for --area lancashire: the folder of real data")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--fresh", action="store_true", help="build it anew even when it is there")
    demo.add_argument("--build-only", action="store_true", help="build it and stop")
    demo.add_argument("--small", action="store_true", help="a tenth of the incidents, for tests")
    demo.set_defaults(command=_demo)


def _add_loading(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    boundaries = verbs.add_parser("load-boundaries", help="load districts, wards and LSOAs with what is known of them")
    boundaries.add_argument("folder", type=Path, nargs="?", help="a folder with all of them; or name the files:")
    boundaries.add_argument("--districts", type=Path)
    boundaries.add_argument("--wards", type=Path)
    boundaries.add_argument("--lsoas", type=Path)
    boundaries.add_argument("--ward-population", type=Path)
    boundaries.add_argument("--deprivation", type=Path)
    boundaries.add_argument("--lsoa-changes", type=Path, help="the published lookup of LSOAs of 2011 and 2021 (CSV)")
    boundaries.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
    boundaries.add_argument("--json", action="store_true")
    boundaries.set_defaults(command=_load_boundaries)

    load = verbs.add_parser("load", help="load records")
    layouts = load.add_subparsers(title="layouts", required=True, metavar="LAYOUT")
    police = layouts.add_parser("police-uk", help="data.police.uk street-level archives, as they are published")
    police.add_argument("files", type=Path, nargs="+", metavar="ZIP")
    police.add_argument("--json", action="store_true")
    police.set_defaults(command=_load_police_uk)

    _add_sending(verbs, layouts)

    undo = verbs.add_parser("undo-load", help="take a submission back and restore what it replaced")
    undo.add_argument("submission", help="its id, from `ourpatch loads`")
    undo.set_defaults(command=_undo_load)

    loads = verbs.add_parser("loads", help="list what was loaded")
    loads.add_argument("--json", action="store_true")
    loads.set_defaults(command=_loads)


def _add_sending(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    layouts: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    file = layouts.add_parser("file", help="a sender's file of one dataset, in the sender's own layout")
    file.add_argument("file", type=Path)
    file.add_argument(
        "--from", dest="sender", required=True, metavar="NAME", help="the organisation's name in the directory"
    )
    file.add_argument("--dataset", required=True, metavar="KEY", help="for example police_incidents")
    file.add_argument("--period", type=_named_period, metavar="PERIOD", help="2026-07 or 2026-Q3; else the rows say")
    file.add_argument(
        "--correction", action="store_true", help="only corrected rows, which replace those of the same references"
    )
    file.add_argument(
        "--empties-months",
        action="store_true",
        help="yes: months of the period that the file has no row for, or far fewer than are loaded, are to lose their rows",
    )
    file.add_argument("--layout", type=Path, metavar="JSON", help="read it by this layout file, and keep that layout")
    file.add_argument("--json", action="store_true")
    file.set_defaults(command=_load_file)

    inbox = verbs.add_parser(
        "inbox", help="make the watched folder and list its places, one for each sender and dataset"
    )
    inbox.set_defaults(command=_inbox)

    propose = verbs.add_parser(
        "propose-layout", help="print the layout that is proposed for a file, to be read and mended"
    )
    propose.add_argument("file", type=Path)
    propose.add_argument("--dataset", required=True, metavar="KEY")
    propose.set_defaults(command=_propose_layout)

    ledger.add_parser(verbs)
    analysing.add_parser(verbs)


def _named_period(text: str) -> tuple[date, int]:
    found = re.fullmatch(r"([0-9]{4})-(?:Q([1-4])|(0[1-9]|1[0-2]))", text, re.IGNORECASE)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is neither a month (2026-07) nor a quarter (2026-Q3)")
    year, quarter, month = int(found[1]), found[2], found[3]
    return (date(year, int(quarter) * 3 - 2, 1), 3) if quarter else (date(year, int(month), 1), 1)


def _add_keeping(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = verbs.add_parser("verify-audit", help="recompute the audit chain")
    verify.add_argument("--head", default="", help="a head (number:mac) that a partner organisation kept")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(command=_verify_audit)

    check = verbs.add_parser("check", help="say what is unsafe or missing in this installation")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_check)

    migrate = verbs.add_parser("migrate", help="bring the database up to this version")
    migrate.set_defaults(command=_migrate)


def _setup() -> None:
    import django

    django.setup()


def _serve(arguments: argparse.Namespace) -> int:
    from ourpatch.site import serving

    _migrate(arguments)
    return serving.serve(arguments.host, arguments.port, workers=not arguments.no_workers)


def _worker(arguments: argparse.Namespace) -> int:
    from ourpatch.site import serving

    # The queue's library reads which queue it serves once, when it is imported.
    os.environ["Q_CLUSTER_NAME"] = arguments.queue
    _setup()
    return serving.work(arguments.queue)


def _demo(arguments: argparse.Namespace) -> int:
    from ourpatch.site import demo_home

    return demo_home.run(
        area=arguments.area,
        data=arguments.data,
        port=arguments.port,
        fresh=arguments.fresh,
        build_only=arguments.build_only,
        small=arguments.small,
    )


def _load_boundaries(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import loading

    return loading.boundaries(arguments)


def _load_police_uk(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import loading

    return loading.police_uk(arguments.files, as_json=arguments.json)


def _load_file(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import sending

    return sending.load_file(arguments)


def _inbox(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import sending

    return sending.make_inbox()


def _propose_layout(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import sending

    return sending.propose_layout(arguments.file, arguments.dataset)


def _undo_load(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import loading

    return loading.undo(arguments.submission)


def _loads(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import loading

    return loading.list_loads(as_json=arguments.json)


def _verify_audit(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.ground.audit import sealing

    verdict = sealing.verify(arguments.head)
    if arguments.json:
        print(
            json.dumps(
                {
                    "sound": verdict.sound,
                    "faults": verdict.faults,
                    "seals": verdict.seals,
                    "entries": verdict.entries,
                    "unsealed": verdict.unsealed,
                    "head": verdict.head,
                }
            )
        )
    else:
        for fault in verdict.faults:
            print(f"FAULT  {fault}")
        print(
            f"{verdict.entries} rows under {verdict.seals} seals, {verdict.unsealed} waiting to be sealed. Head {verdict.head}"
        )
        print(
            "The audit is sound."
            if verdict.sound
            else "The audit is NOT sound. Keep this machine as it is and tell your information-governance lead."
        )
    return 0 if verdict.sound else FAILED


def _check(arguments: argparse.Namespace) -> int:
    _setup()
    from ourpatch.site import health

    return health.report(as_json=arguments.json)


def _migrate(arguments: argparse.Namespace) -> int:
    _setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return 0


if __name__ == "__main__":
    script()
