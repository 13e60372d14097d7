"""Checks the star by the files of `sql/checks/`, which give the rows that are wrong.

The first word of a file's comment is its severity: `error` stops the run, `warn` is
shown. The rest says what is wrong with the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from sparkify.errors import CheckError
from sparkify.warehouse import Session, sql

ROWS_SHOWN = 3


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        name: The check: its file's name.
        severity: `error` or `warn`.
        claim: What is wrong with the rows that it finds.
        rows: Those rows.
    """

    name: str
    severity: str
    claim: str
    rows: pa.Table

    @property
    def is_passed(self) -> bool:
        """Whether nothing was found."""
        return bool(self.rows.num_rows == 0)


def run_checks(session: Session) -> list[CheckResult]:
    """Runs every check.

    Raises:
        WarehouseError: The engine refused a query.
    """
    return [_run(session, name) for name in sql.names("checks")]


def stop_at_errors(results: Sequence[CheckResult]) -> None:
    """Stops where a check of severity `error` found rows.

    Raises:
        CheckError: The message names each such check and some of its rows.
    """
    failed = [
        result
        for result in results
        if result.severity == "error" and not result.is_passed
    ]
    if failed:
        findings = "\n".join(_words(result) for result in failed)
        raise CheckError(
            f"{len(failed)} of {len(results)} checks failed; the star was not "
            f"published, the last one stays:\n{findings}"
        )


def _run(session: Session, name: str) -> CheckResult:
    severity, _, claim = sql.load(name).comment.partition(": ")
    return CheckResult(name.split("/")[1], severity, claim, session.query_file(name))


def _words(result: CheckResult) -> str:
    rows = "; ".join(
        ", ".join(f"{name} {value!r}" for name, value in row.items())
        for row in result.rows.slice(0, ROWS_SHOWN).to_pylist()
    )
    return f"- {result.name}: {result.claim} Found {result.rows.num_rows:,}, as {rows}"
