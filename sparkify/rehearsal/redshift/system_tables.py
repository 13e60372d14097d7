"""The system tables of a cluster, which Redshift Serverless does not show to anybody.

https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
"""

from sqlglot import TokenType

from sparkify.rehearsal.redshift.tokens import StatementError, name, tokenize

DENIED = "42501"  # SQLSTATE: insufficient privilege
OF_CLUSTERS = ("stl_", "stv_", "svl_", "svcs_", "svv_diskusage", "svv_query_")


def refuse_system_tables(sql: str) -> None:
    """Refuse a statement that reads a system table of clusters.

    Args:
        sql: The statement.

    Raises:
        StatementError: It reads one; not even an administrator may.
    """
    for word in tokenize(sql):
        if word.token_type not in (TokenType.VAR, TokenType.IDENTIFIER):
            continue
        if name(word).startswith(OF_CLUSTERS):
            refusal = f"permission denied for relation {name(word)}"
            raise StatementError(DENIED, refusal)
