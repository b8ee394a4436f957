"""A command whose reader has had enough ends quietly, whichever command it is (`ourpatch loads | head -1`)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ourpatch.site import cli

pytestmark = pytest.mark.room

# A command that prints much, and one whose little stays in the buffer until Python ends.
TALKATIVE = "[print('a line of what was loaded') for _each in range(20_000)] and 0"
TERSE = "print('a line') or __import__('time').sleep(0.5) or 0"


@pytest.mark.parametrize("command", [TALKATIVE, TERSE])
def test_nothing_is_said_when_the_reader_goes_away(command: str) -> None:
    code = f"from ourpatch.site import cli; cli._loads = lambda _arguments: {command}; raise SystemExit(cli.main(['loads']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complained = process.stderr.read()
    assert complained == b""
    assert process.returncode == cli.PIPE_CLOSED
