"""Waits for AWS, up to a deadline, and reports the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic, sleep
from typing import Any, TypeVar

from sparkify.aws.session import code
from sparkify.errors import CloudError
from sparkify.progress import Progress

T = TypeVar("T")

SECONDS_BETWEEN_LOOKS = 15
SECONDS_TO_PROPAGATE = 120
SECONDS_BETWEEN_TRIES = 5
SECONDS_BETWEEN_LISTINGS = 1


def poll(look: Callable[[], T | None], *, seconds: float, interval: float) -> T | None:
    """Look repeatedly until something is found, or the time is over.

    Args:
        look: Returns what was found, or None.
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
    remedy: str = "run the step again to keep waiting, or raise deadline_minutes",
) -> None:
    """Look repeatedly until a resource is as it must be.

    Args:
        what: The resource, such as `redshift cluster 'sparkify'`.
        look: Returns whether the wait is over, and the state in a word.
        minutes: How long to wait.
        progress: Receives the seconds waited, of all until the deadline, and the state.
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
    words: Sequence[str] = ("",),
    seconds: int | None = None,
    what: str = "the new resource",
    progress: Progress | None = None,
) -> Any:
    """Call AWS, and again after an error that passes by itself; return the answer.

    A new role is known everywhere only after some seconds, and a security group can be
    deleted only some time after its last instance has gone.

    Args:
        call: The call.
        codes: The error codes that may pass by themselves.
        words: Texts in lower case, of which the error's message must contain one.
        seconds: How long to try; `SECONDS_TO_PROPAGATE` if None.
        what: What AWS has to know, for the progress.
        progress: Receives the seconds waited, of all.
    """
    from botocore.exceptions import ClientError

    limit = SECONDS_TO_PROPAGATE if seconds is None else seconds
    began = monotonic()
    while True:
        try:
            return call()
        except ClientError as error:
            said = str(error).lower()
            is_passing = code(error) in codes and any(word in said for word in words)
            gone = monotonic() - began
            if not is_passing or gone >= limit:
                raise
        if progress:
            progress.start(limit, f"seconds: AWS does not know {what} yet")
            progress.advance(int(gone))
        sleep(SECONDS_BETWEEN_TRIES)


def wait_for(client: Any, waiter: str, what: str, **request: Any) -> None:
    """Wait by a waiter of botocore until AWS lists what was just created.

    Args:
        client: The client of the service.
        waiter: The waiter's name, such as `role_exists`.
        what: What was created, such as `role 'sparkify-emr'`.
        request: What the waiter asks for.

    Raises:
        CloudError: AWS does not list it in time.
    """
    from botocore.exceptions import WaiterError

    attempts = SECONDS_TO_PROPAGATE // max(SECONDS_BETWEEN_LISTINGS, 1)
    pace = {"Delay": SECONDS_BETWEEN_LISTINGS, "MaxAttempts": attempts}
    try:
        client.get_waiter(waiter).wait(**request, WaiterConfig=pace)
    except WaiterError as error:
        raise CloudError(
            f"{what} was created, but AWS does not list it after "
            f"{SECONDS_TO_PROPAGATE} seconds ({error}); run 01_provision again"
        ) from None
