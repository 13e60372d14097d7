"""The keys that tables declare, which Redshift's planner trusts without a look at rows.

It may answer from them what a query asks of uniqueness and of references, so a query
for broken keys may find none:
https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sparkify.rehearsal.redshift.tokens import EmulatorDialect, keyword, tokenize

Reference = tuple[str, str, str, str]  # table and column, and those it refers to


class DeclaredKeys:
    """The keys of a server's tables, for all of its clients."""

    def __init__(self) -> None:
        self._primary: dict[str, frozenset[str]] = {}
        self._foreign: set[Reference] = set()

    def apply(self, sql: str) -> str:
        """Note the keys that a statement declares; answer from keys what it asks.

        Args:
            sql: One statement.

        Returns:
            The statement; where it looks for rows that break a declared key, one that
            finds none.
        """
        verbs = [keyword(word) for word in tokenize(sql)[:4]]
        if verbs[:1] == ["CREATE"] and "TABLE" in verbs:
            self._note(sql)
        elif verbs[:2] == ["DROP", "TABLE"]:
            self._forget(_parse(sql))
        elif verbs[:1] in (["SELECT"], ["WITH"]) and self._primary:
            return self._trust(sql)
        return sql

    def _forget(self, drop: exp.Expr | None) -> None:
        for table in drop.find_all(exp.Table) if drop is not None else ():
            self._primary.pop(table.name, None)
            self._foreign = {key for key in self._foreign if key[0] != table.name}

    def _note(self, sql: str) -> None:
        tree = _parse(sql)
        if tree is None or not isinstance(tree.this, exp.Schema):
            return
        table = tree.this.this.name
        for key in tree.find_all(exp.PrimaryKey):
            self._primary[table] = frozenset(column.name for column in key.expressions)
        for foreign in tree.find_all(exp.ForeignKey):
            referred = foreign.args["reference"].this
            pairs = zip(foreign.expressions, referred.expressions, strict=True)
            for column, its_column in pairs:
                self._foreign.add(
                    (table, column.name, referred.this.name, its_column.name)
                )

    def _trust(self, sql: str) -> str:
        tree = _parse(sql)
        if tree is None:
            return sql
        is_changed = False
        for select in tree.find_all(exp.Select):
            for node in self._decided(select):
                node.replace(exp.false())
                is_changed = True
        return tree.sql(EmulatorDialect) if is_changed else sql

    def _decided(self, select: exp.Select) -> list[exp.Expr]:
        """Return the conditions that the declared keys make false."""
        source, having = select.args.get("from_"), select.args.get("having")
        if source is None or not isinstance(source.this, exp.Table):
            return []
        table, joins = source.this.name, select.args.get("joins") or []
        found: list[exp.Expr] = []
        if having is not None and not joins:
            group = {column.name for column in select.args["group"].expressions}
            if self._primary.get(table, frozenset("?")) <= group:
                found += (
                    more
                    for more in having.find_all(exp.GT)
                    if isinstance(more.this, exp.Count) and more.expression.name == "1"
                )
        where = select.args.get("where") or exp.Where()
        joined = {join.this.name for join in joins}
        for its_table, _, referred, its_column in self._foreign:
            if its_table == table and referred in joined:
                found += (
                    missing
                    for missing in where.find_all(exp.Is)
                    if missing.this.name == its_column
                    and missing.this.table == referred
                )
        return found


def _parse(sql: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, read=EmulatorDialect)
    except SqlglotError:
        return None
