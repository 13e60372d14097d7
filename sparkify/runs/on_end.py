"""Starts a person's command when a run ends: a mail, a message, the next job."""

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sparkify.errors import ParameterError

SECONDS = 60


def split_command(command: str) -> list[str]:
    """Return a command's words, as a shell would; no shell carries it out.

    Raises:
        ParameterError: The command is empty, or a quotation mark is not closed.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ParameterError(
            f"--on-end cannot be {command!r}: {error}; close its quotation marks"
        ) from error
    if not words:
        raise ParameterError("--on-end is empty; name a program, or leave it out")
    return words


def start_command(words: Sequence[str], record: Path) -> str:
    """Start a command with the path of a run's record as its last argument.

    Returns:
        What went wrong, as a sentence; empty if the command succeeded.
    """
    try:
        done = subprocess.run(
            [*words, str(record)], stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"'{words[0]}' was stopped, because it took more than {SECONDS} s"
    except OSError as error:
        return f"'{words[0]}' cannot be started: {error.strerror or error}"
    if done.returncode:
        return f"'{words[0]}' failed with exit status {done.returncode}"
    return ""
