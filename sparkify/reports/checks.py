"""Says in words what the checks of a run found."""

import pandas as pd

ERROR = "error"


def verdict(rows: pd.DataFrame) -> tuple[bool, str]:
    """Return whether a check failed, and in words what the checks found.

    A warning is not a failure: the star may be right all the same.

    Args:
        rows: The rows of the report `check_results`.
    """
    found = rows[rows["rows_found"] > 0]
    errors, warnings = (
        found[(found["severity"] == ERROR) == is_error] for is_error in (True, False)
    )
    passed = len(rows) - len(found)
    parts = [f"{passed} of {len(rows)} checks passed"]
    for count, kind in ((len(errors), "failed"), (len(warnings), "warned")):
        if count:
            parts.append(f"{count} {kind}")
    text = ", ".join(parts)
    claims = [
        f"{row.claim} ({row.rows_found:,} rows)"
        for row in pd.concat([errors, warnings]).itertuples()
    ]
    return len(errors) > 0, "  \n".join([f"{text}.", *claims])
