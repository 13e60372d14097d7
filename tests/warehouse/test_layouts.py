"""Each table gets the layout on Redshift that its use asks for."""

import pytest

from sparkify.warehouse import sql


@pytest.mark.parametrize(
    ("table", "layout"),
    [
        ("songplays", "diststyle key distkey (song_id) sortkey (start_time)"),
        ("songs", "diststyle key distkey (song_id) sortkey (song_id)"),
        ("artists", "diststyle all sortkey (artist_id)"),
        ("users", "diststyle all sortkey (user_id)"),
        ("time", "diststyle all sortkey (start_time)"),
        ("staging_events", "diststyle even"),
        ("staging_songs", "diststyle even"),
        ("staged_objects", "diststyle all sortkey (object)"),
    ],
)
def test_redshift_gets_the_layout_of_a_table(table: str, layout: str) -> None:
    create, _, _ = sql.load(f"schema/{table}").text.partition(";\n\n")
    assert " ".join(create[create.rindex("\n)\n") + 3 :].split()) == layout
