"""Drawings, tables and the bar show what they are given."""

import re
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree

import pandas as pd
import pytest

from sparkify import display
from sparkify.errors import ParameterError, WarehouseError
from sparkify.evidence import schema, state
from sparkify.evidence.bar import describe
from sparkify.evidence.render import Drawing, Rows, Sentence, Text
from sparkify.project import SQL
from sparkify.runs.chain import STEPS
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from sparkify.warehouse import open_star
from sparkify.warehouse.tables import STAR, TABLES

SVG = "{http://www.w3.org/2000/svg}"


def test_the_diagram_has_each_column_and_an_arrow_for_each_foreign_key() -> None:
    root = ElementTree.fromstring(schema.diagram())
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    declared = [(SQL / "schema" / f"{table}.sql").read_text() for table in STAR]
    keys = sum(text.count("-- foreign key") for text in declared)
    assert len(list(root.iter(f"{SVG}polyline"))) == keys
    columns = [
        name for text in declared for name in re.findall(r"^    ([a-z_]+) ", text, re.M)
    ]
    assert sorted(text.split(" ")[0] for text in texts) == sorted([*columns, *STAR])


def test_all_tables_are_listed_by_group() -> None:
    assert set(schema.tables()["table"]) == set(TABLES)
    shown = pd.concat([schema.columns(group) for group in schema.GROUPS])
    assert set(shown["table"]) == set(TABLES)
    assert shown["what it holds"].str.len().min() > 0


def test_the_statements_of_both_engines_differ_by_the_keys_of_redshift() -> None:
    both = schema.statements("songplays")
    assert "distkey (song_id)" in both["Redshift"]
    assert "distkey" not in both["DuckDB"]
    assert both["DuckDB"].count("\n") > 5


def test_the_flow_names_each_notebook() -> None:
    svg = state.flow()
    assert all(f">{step}<" in svg for step in STEPS)


def test_a_drawing_is_sharp_and_a_picture() -> None:
    bundle = Drawing(state.flow(), "the flow")._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "image/png", "text/plain"}


def test_text_stands_left_numbers_right_and_nothing_has_a_reason() -> None:
    frame = pd.DataFrame({"name": ["<b>", None], "number": [1_234, 5]})
    html = Rows(frame)._repr_html_()
    assert '<td style="text-align: left">&lt;b&gt;</td>' in html
    assert '<td style="text-align: right">1,234</td>' in html
    assert ">NULL</td>" in html
    empty = Rows(frame.head(0), reason="No line was bad.")
    assert empty._repr_html_() == "<p>No line was bad.</p>"
    assert repr(empty) == "No line was bad."


def test_raw_text_cannot_become_html() -> None:
    assert "<script>" not in Text("<script>")._repr_html_()
    assert "<script>" not in Sentence("<script>", "x", "y")._repr_html_()


@pytest.mark.parametrize(
    ("done", "total", "unit", "figures"),
    [
        (
            5_000_000,
            20_000_000,
            "bytes · reads events",
            "25 % · 5.0 of 20.0 MB · reads",
        ),
        (3, 4, "cloud resources", "75 % · 3 of 4 cloud resources · 9 s"),
        (0, 0, "bytes", "0 % · 0.0 of 0.0 MB"),
    ],
)
def test_the_bar_shows_how_much_is_done(
    done: int, total: int, unit: str, figures: str
) -> None:
    html = describe(done, total, unit, 9.4)
    assert figures in html.replace("  ", " ")
    assert f'max="{total}" value="{done}"' in html


def test_a_notebook_begins_with_its_parameters() -> None:
    namespace = {"top": 0, "In": ["", "top: int = 0"]}
    with pytest.raises(ParameterError, match="'top' must be from 1"):
        display.begin(namespace)


def test_an_error_of_ours_is_one_line_for_ipython() -> None:
    error = ParameterError("parameter 'x' is unknown")
    assert error._render_traceback_() == ["ParameterError: parameter 'x' is unknown"]


def test_the_state_names_the_steps_to_run(tmp_path: Path, demo_workspace: Path) -> None:
    where = {"warehouse": "duckdb", "memory_limit": "1GB"}
    shown = state.steps(str(tmp_path / "none"), **where).set_index("step")["state"]
    steps = ("01_provision", "02_create_schema", "03_flatten", "05_transform")
    assert shown.to_dict() == {step: f"not yet: run {step}" for step in steps}
    own = str(copytree(demo_workspace, tmp_path / "own"))  # the other may be open
    done = state.steps(own, **where)["state"].tolist()
    assert not any("not yet" in text for text in done)
    with open_star(own) as star:
        (row,) = star.query("select count(*) as n from songplays", {}).to_pylist()
        told = state.steps(own, **where)["state"].tolist()[-1]
    assert done[-1] == f"{row['n']:,} plays"
    assert "different configuration" in told  # DuckDB opens a file with one
    assert state.last_runs(str(tmp_path / "none"), tmp_path).empty


def test_the_sizes_are_those_of_the_files(demo_workspace: Path) -> None:
    shown = state.sizes(str(demo_workspace)).set_index("folder")
    files = [path for path in (demo_workspace / "flat").rglob("*") if path.is_file()]
    assert shown.loc[f"{demo_workspace}/flat", "files"] == len(files)


def test_a_load_without_tables_names_the_step_to_run(
    tmp_path: Path, demo_source: Path
) -> None:
    from sparkify.steps.flatten import flatten

    flatten(str(demo_source), str(tmp_path))
    with pytest.raises(WarehouseError, match="is missing; run 02_create_schema first"):
        load_staging(str(tmp_path))
    with pytest.raises(WarehouseError, match="is missing; run 02_create_schema first"):
        build_star(str(tmp_path))
