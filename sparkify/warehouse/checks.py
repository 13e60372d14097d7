"""Runs the checks in `sql/checks/` on the star; a check returns the wrong rows.

The first word of a file's comment is the severity: `error` stops the run, `warn` does
not. The rest of the comment, the claim, says what is wrong with the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from sparkify.errors import CheckError
from sparkify.warehouse import Session, sql

ROWS_SHOWN = 3


@dataclass(frozen=True)
class CheckResult:
    """The result of a check.

    Attributes:
        name: The name of the check's file, without its suffix.
        severity: `error` or `warn`.
        claim: What is wrong with the rows that the check finds.
        rows: The rows that it found.
    """

    name: str
    severity: str
    claim: str
    rows: pa.Table

    @property
    def is_passed(self) -> bool:
        """Whether the check found no row."""
        return bool(self.rows.num_rows == 0)


def run_checks(session: Session) -> list[CheckResult]:
    """Run every check.

    Raises:
        WarehouseError: The engine rejected a query.
    """
    return [_run(session, name) for name in sql.names("checks")]


def stop_at_errors(results: Sequence[CheckResult]) -> None:
    """Raise an error if a check of severity `error` found rows.

    Raises:
        CheckError: The message names each such check and shows some of its rows.
    """
    failed = [
        result
        for result in results
        if result.severity == "error" and not result.is_passed
    ]
    if failed:
        findings = "\n".join(_describe(result) for result in failed)
        raise CheckError(
            f"{len(failed)} of {len(results)} checks failed; the new star was not "
            f"published, the last one is kept:\n{findings}"
        )


def _run(session: Session, name: str) -> CheckResult:
    severity, _, claim = sql.load(name).comment.partition(": ")
    return CheckResult(name.split("/")[1], severity, claim, session.query_file(name))


def _describe(result: CheckResult) -> str:
    rows = "; ".join(
        ", ".join(f"{name} {value!r}" for name, value in row.items())
        for row in result.rows.slice(0, ROWS_SHOWN).to_pylist()
    )
    count = result.rows.num_rows
    found = f"{count:,} row{'' if count == 1 else 's'}"
    return f"- {result.name}: {result.claim} Found {found}, such as {rows}"
