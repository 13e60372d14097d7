"""The generated documents are those of the project, and leave no column out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sparkify.documentation import __main__ as command
from sparkify.documentation import prices
from sparkify.documentation.dictionary import draw_tables, write_dictionary
from sparkify.documentation.markdown import write_table
from sparkify.documentation.parameters import END, START, fill_parameters
from sparkify.documentation.schema import Reference, describe_tables, parse_table
from sparkify.errors import SparkifyError, SqlError
from sparkify.params import PARAMETERS
from sparkify.project import ROOT
from sparkify.warehouse import sql
from sparkify.warehouse.duckdb import DuckDBWarehouse
from sparkify.warehouse.session import Session
from sparkify.warehouse.tables import ROLLUPS, STAR, TABLES, VIEWS, create_tables

DRAWN = (*STAR, *ROLLUPS)
DECLARED = """
create table if not exists songs (
    song_id varchar(64) not null,
    "raw" double precision,
    primary key (song_id),
    foreign key (song_id) references tracks (track_id)
)
diststyle key
distkey (song_id)
sortkey (song_id, "raw");
"""
DESCRIBED = """
comment on table songs is 'a table';
comment on column songs.song_id is 'a key';
comment on column songs."raw" is 'a | text';
"""


@pytest.fixture
def created(tmp_path: Path) -> Iterator[Session]:
    """Yield a warehouse whose tables a first run created and a second run found."""
    warehouse = DuckDBWarehouse(tmp_path / "warehouse", "256MB")
    for _ in range(2):
        with warehouse.writing() as session, session.transaction():
            create_tables(session)
        warehouse.publish()
    with warehouse.reading() as session:
        yield session


def texts_of_schema(
    pattern: str, tables: tuple[str, ...] = TABLES
) -> list[re.Match[str]]:
    """Find a pattern in the files of `sql/schema/`, as a reader would."""
    texts = [sql.load(f"schema/{table}").text for table in tables]
    return [match for text in texts for match in re.finditer(pattern, text)]


@pytest.mark.parametrize("path", command.documents(), ids=lambda path: path.name)
def test_a_committed_document_is_what_the_generator_writes(path: Path) -> None:
    remedy = f"write {path.name} anew: python -m sparkify.documentation"
    assert path.read_text(encoding="utf-8") == command.documents()[path], remedy


def test_the_command_writes_the_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme, dictionary = tmp_path / "README.md", tmp_path / "dictionary.md"
    first_day = tmp_path / "first-day.md"
    first_day.write_text(f"Prices:\n\n{prices.START}\nold\n{prices.END}\n")
    monkeypatch.setattr(command, "FIRST_DAY", first_day)
    readme.write_text(f"Words.\n\n{START}\nan old table\n{END}\n\nMore words.\n")
    monkeypatch.setattr(command, "README", readme)
    monkeypatch.setattr(command, "DICTIONARY", dictionary)
    command.main()
    assert "| `engine` | `duckdb` |" in readme.read_text()
    assert "an old table" not in readme.read_text()
    assert readme.read_text().startswith(f"Words.\n\n{START}\n| parameter |")
    assert readme.read_text().endswith(f" |\n{END}\n\nMore words.\n")
    assert "old" not in first_day.read_text()
    assert "| `emr` | `redshift` |" in first_day.read_text()
    assert dictionary.read_text() == write_dictionary(describe_tables())


def test_the_warehouse_has_a_description_of_every_column(created: Session) -> None:
    held = created.query(
        "select table_name, column_name, comment from duckdb_columns() "
        "where table_name in (select table_name from duckdb_tables()) "
        "order by table_oid, column_index",
        {},
    ).to_pylist()
    assert all(row["comment"] for row in held)
    assert sorted(tuple(row.values()) for row in held) == sorted(
        (table.name, column.name, column.description)
        for table in describe_tables().values()
        for column in table.columns
    )


def test_the_warehouse_has_a_description_of_every_table(created: Session) -> None:
    held = created.query("select table_name, comment from duckdb_tables()", {})
    described = {table.name: table.description for table in describe_tables().values()}
    assert {row["table_name"]: row["comment"] for row in held.to_pylist()} == described
    assert list(described) == list(TABLES)


def test_every_description_names_an_existing_table_or_column(
    created: Session,
) -> None:
    existing = created.query(
        "select table_name || '.' || column_name as name from duckdb_columns() "
        "where table_name in (select table_name from duckdb_tables()) "
        "union all select table_name from duckdb_tables()",
        {},
    )
    named = [
        match[1].replace('"', "")
        for match in texts_of_schema(r"comment on (?:table|column) (\S+) is\n'.+';")
    ]
    assert sorted(named) == sorted(existing["name"].to_pylist())
    assert len(named) == len(texts_of_schema("comment on"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_described_by_its_files_first_comment(
    view: str, created: Session
) -> None:
    held = created.query("select view_name, comment from duckdb_views()", {})
    comments = {row["view_name"]: row["comment"] for row in held.to_pylist()}
    assert comments[view] == sql.load(f"views/{view}").comment
    assert f"| `{view}` | {comments[view]} |" in write_dictionary(describe_tables())


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_described_by_its_files_first_comment(table: str) -> None:
    assert describe_tables()[table].description == sql.load(f"schema/{table}").comment


def test_the_diagram_has_a_line_for_each_foreign_key() -> None:
    diagram = draw_tables(describe_tables(DRAWN).values())
    lines = re.findall(r"^    (\w+) \|\|--o\{ (\w+) : (\w+)$", diagram, re.MULTILINE)
    keys = {
        (match[2], table, match[1])
        for table in DRAWN
        for match in texts_of_schema(
            r"foreign key \((\w+)\) references (\w+)", (table,)
        )
    }
    assert set(lines) == keys
    assert len(lines) == diagram.count("--") == len(texts_of_schema("foreign key"))


@pytest.mark.parametrize("table", DRAWN)
def test_the_diagram_marks_the_keys_of_a_table(table: str) -> None:
    diagram = draw_tables(describe_tables(DRAWN).values())
    found = re.search(rf"^    {table} {{\n(.*?)\n    }}$", diagram, re.M | re.S)
    assert found
    attributes = [line.split() for line in found[1].split("\n")]
    marked = {
        kind: {name for _, name, *marks in attributes if kind in marks}
        for kind in ("PK", "FK")
    }
    for kind, words in (("PK", "primary key"), ("FK", "foreign key")):
        keys = texts_of_schema(rf"{words} \((\w+)\)", (table,))
        assert marked[kind] == {match[1] for match in keys}


@pytest.mark.parametrize("table", TABLES)
def test_the_dictionary_has_a_section_for_every_table(table: str) -> None:
    dictionary = write_dictionary(describe_tables())
    _, section = dictionary.split(f"\n### `{table}`\n")
    rows = section.split("\n#")[0].strip().split("\n| ")[2:]
    assert [row.split("`")[1] for row in rows] == [
        column.name for column in describe_tables((table,))[table].columns
    ]


def test_a_table_is_read_as_it_is_declared() -> None:
    table = parse_table(DECLARED + DESCRIBED)
    key, text = table.columns
    assert (table.name, table.description) == ("songs", "a table")
    assert (table.distribution, table.distribution_key) == ("key", "song_id")
    assert table.sort_key == ("song_id", "raw")
    assert (key.name, key.type, key.description) == ("song_id", "varchar(64)", "a key")
    assert (key.is_primary_key, key.is_nullable) == (True, False)
    assert key.reference == Reference("tracks", "track_id")
    assert (text.name, text.type) == ("raw", "double precision")
    assert (text.is_primary_key, text.is_nullable) == (False, True)
    assert text.reference is None


def test_a_column_may_be_a_key_of_both_kinds() -> None:
    diagram = draw_tables([parse_table(DECLARED + DESCRIBED)])
    assert "varchar song_id PK, FK\n" in diagram
    assert "double_precision raw\n" in diagram


def test_a_foreign_key_that_may_be_null_refers_to_one_row_at_most() -> None:
    text = DECLARED.replace(" not null", "") + DESCRIBED
    assert "tracks |o--o{ songs : song_id" in draw_tables([parse_table(text)])


@pytest.mark.parametrize("missing", DESCRIBED.strip().split("\n"))
def test_a_missing_description_is_refused(missing: str) -> None:
    name = missing.split()[3].replace('"', "")
    with pytest.raises(SqlError, match=rf"does not describe {name}; add comment on"):
        parse_table(DECLARED + DESCRIBED.replace(missing, ""))


@pytest.mark.parametrize("name", ["songs.title", "tracks.song_id"])
def test_a_description_of_a_missing_column_is_refused(name: str) -> None:
    comment = f"comment on column {name} is 'a column';"
    with pytest.raises(SqlError, match=f"describes {name}, which it does not create"):
        parse_table(DECLARED + DESCRIBED + comment)


def test_the_readme_has_a_row_for_every_parameter() -> None:
    readme = command.README.read_text(encoding="utf-8")
    table = readme.split(START)[1].split(END)[0].strip().split("\n")[2:]
    rows = [re.fullmatch(r"\| `(.+?)` \| `(.+?)` \| (.+) \|", row) for row in table]
    assert [
        (row[1], yaml.safe_load(row[2]), row[3].startswith(PARAMETERS[row[1]].help))
        for row in rows
        if row
    ] == [(name, entry.default, True) for name, entry in PARAMETERS.items()]


@pytest.mark.parametrize(
    "readme",
    ["", START, END, END + START, START + START + END, START + END + END],
)
def test_a_readme_without_its_markers_is_refused(readme: str) -> None:
    with pytest.raises(SparkifyError, match="put them around the table"):
        fill_parameters(readme)


def test_a_bar_in_a_cell_is_escaped() -> None:
    assert write_table(["a"], [["b | c"]]) == "| a |\n|---|\n| b \\| c |"


def cells(row: str) -> list[str]:
    return row.strip("| ").split(" | ")


def test_each_combination_in_the_cloud_has_a_row_of_prices() -> None:
    engines = [name for name in PARAMETERS["engine"].choices if "emr" in name]
    warehouses = [name for name in PARAMETERS["warehouse"].choices if "redsh" in name]
    rows = [cells(row)[:2] for row in prices.write_prices().splitlines()[2:]]
    expected = [[f"`{e}`", f"`{w}`"] for e in engines for w in warehouses]
    assert rows == expected


def test_a_run_and_a_day_cost_what_the_price_lists_say() -> None:
    """AWS's lists: ra3.large 0.543, m5.xlarge 0.192 and EMR 0.048 an hour."""
    cluster, machines = 2 * 0.543, 3 * (0.192 + 0.048)
    (row,) = (
        cells(row)
        for row in prices.write_prices().splitlines()
        if row.startswith("| `emr` | `redshift` |")
    )
    engine, warehouse = map(int, row[3].split(" + "))
    run = (machines * engine + cluster * warehouse) / 60
    paused = (0.40 + 0.024) / 30  # a secret and a GB, by the month
    assert row[2] == f"{cluster + machines:.3f}"
    assert row[4:] == [f"{run:.2f}", f"{24 * cluster:.2f}", f"{paused:.2f}"]


def test_an_unknown_price_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(prices.PARTS, "emr")
    assert cells(prices.write_prices().splitlines()[2])[2:] == ["unknown"] * 5


def test_the_list_of_what_only_an_account_proves_is_short_and_begins_with_trust() -> (
    None
):
    text = (ROOT / "docs" / "verify-on-aws.md").read_text()
    rows = [cells(row) for row in text.splitlines() if row.startswith("| ")][1:]
    assert len(rows) < 15
    assert "aws:SourceAccount" in rows[0][0]
    assert all(len(row) == 3 and all(row) for row in rows)
