"""Waits for what AWS does in its own time, with a deadline and the state in view."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, TypeVar

from sparkify.aws.session import code
from sparkify.errors import CloudError
from sparkify.progress import Progress

T = TypeVar("T")

SECONDS_BETWEEN_LOOKS = 15
SECONDS_TO_PROPAGATE = 120
SECONDS_BETWEEN_TRIES = 5


def poll(look: Callable[[], T | None], *, seconds: float, interval: float) -> T | None:
    """Look again and again until there is something, or the time is over.

    Args:
        look: Returns what was waited for, or None while it is not there.
        seconds: How long to look.
        interval: Seconds between two looks.
    """
    began = monotonic()
    while (found := look()) is None and monotonic() - began < seconds:
        sleep(interval)
    return found


def wait_until(
    what: str,
    look: Callable[[], tuple[bool, str]],
    minutes: int,
    progress: Progress,
    *,
    interval: float = SECONDS_BETWEEN_LOOKS,
    remedy: str = "run the step again to go on waiting, or raise deadline_minutes",
) -> None:
    """Look again and again until a resource is as it must be.

    Args:
        what: What is waited for, such as `redshift cluster 'sparkify'`.
        look: Tells whether the wait is over, and the state in a word.
        minutes: How long to wait.
        progress: Receives the seconds gone, of all that there are, and the state.
        interval: Seconds between two looks.
        remedy: What to do once the deadline has passed.

    Raises:
        CloudError: The deadline has passed; the message names the state.
    """
    began = monotonic()
    while True:
        is_over, state = look()
        gone = monotonic() - began
        progress.start(minutes * 60, f"seconds: {what} is {state}")
        progress.advance(min(int(gone), minutes * 60))
        if is_over:
            return
        if gone >= minutes * 60:
            raise CloudError(
                f"{what} is still '{state}' after {minutes} minutes; {remedy}"
            )
        sleep(interval)


def until_known(
    call: Callable[[], Any],
    *codes: str,
    word: str = "",
    seconds: int = SECONDS_TO_PROPAGATE,
) -> Any:
    """Calls AWS again while it does not know yet, or still holds, something else.

    A role is known everywhere only some seconds after it is made, and a security
    group is free only some time after its last instance has gone.

    Args:
        call: The call.
        codes: The error codes that may pass by themselves.
        word: What such an error's message must hold.
        seconds: How long to try.
    """
    from botocore.exceptions import ClientError

    began = monotonic()
    while True:
        try:
            return call()
        except ClientError as error:
            is_passing = code(error) in codes and word in str(error).lower()
            if not is_passing or monotonic() - began >= seconds:
                raise
        sleep(SECONDS_BETWEEN_TRIES)
