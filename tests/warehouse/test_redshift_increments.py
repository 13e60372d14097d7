"""On Redshift too, what is new ends in the star that a rebuild would give.

There are few sequences of changes here; SPARKIFY_REDSHIFT_SEQUENCES=20 makes them many.
"""

import os
import shutil
from pathlib import Path
from random import Random

import pytest

from sparkify.ingest.flat_folder import read_flattened
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.warehouse import open_star, open_warehouse
from sparkify.warehouse.tables import ROLLUPS, STAR
from sparkify.workspace import Workspace
from tests.support.changing_source import Source, change
from tests.support.redshift import redshift_emulator
from tests.support.stars import build, sorted_rows

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SEQUENCES = int(os.environ.get("SPARKIFY_REDSHIFT_SEQUENCES", "1"))
CHANGES = 5  # of a sequence


def run(source: Path, workspace: Path, warehouse: str) -> dict[str, list[str]]:
    """Run the steps; return the rows of the star, sorted."""
    build(source, workspace, warehouse, accept=True)
    with open_star(str(workspace), warehouse=warehouse) as session:
        return {
            table: sorted_rows(session, f"select * from {table}")
            for table in (*STAR, *ROLLUPS)
        }


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_star_is_that_of_a_rebuild_after_any_changes(
    seed: int, tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(seed))
    rebuilt = tmp_path / "rebuilt"
    with redshift_emulator(tmp_path, postgres) as on:
        for _ in range(CHANGES):
            found = run(source.root, on.workspace, "redshift")
            assert found == run(source.root, rebuilt, "duckdb")
            shutil.rmtree(rebuilt)
            change(source)
            source.add_events()


def test_a_warehouse_that_lost_its_rows_gets_all_batches_again(
    tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(3))
    with redshift_emulator(tmp_path, postgres) as on:
        for _ in range(3):
            source.add_events()
            before = run(source.root, on.workspace, "redshift")
        place = Workspace(on.workspace)
        _, flattened = read_flattened(place.flat)
        assert len(flattened.batches) == 3
        with open_warehouse("redshift", place, "1GB").writing() as session:
            for table in ("staging_events", "staged_objects", "songplays"):
                session.execute(f"delete from {table}", {})
        assert run(source.root, on.workspace, "redshift") == before
