"""The details of an error, field D of the message, as Redshift lays them out."""

LONGEST_CONTEXT = 256  # characters; Redshift cuts what is longer
RULE = "-" * 47


def describe_error(
    error: str, code: int, context: str, query_id: int, process_id: int
) -> str:
    """Return the details of an error.

    Args:
        error: What the message says too.
        code: Redshift's number of the kind of error.
        context: What went wrong with what; it is cut as Redshift cuts it.
        query_id: The statement's number.
        process_id: The process that serves the connection.
    """
    lines = [
        RULE,
        f"error:  {error}",
        f"code:      {code}",
        f"context:   {context[:LONGEST_CONTEXT]}",
        f"query:     {query_id}",
        f"process:   padbmaster [pid={process_id}]",
        RULE,
    ]
    return "".join(f"\n  {line}" for line in lines) + "\n"
