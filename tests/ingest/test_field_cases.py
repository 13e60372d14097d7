"""Sources as people have them are read, or refused with the reason and an example."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from sparkify.errors import QualityError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import PARTS
from sparkify.ingest.parquet_files import local_files
from sparkify.ingest.reconciliation import reconcile_files
from sparkify.project import ROOT
from sparkify.steps.flatten import flatten
from sparkify.warehouse import open_star
from tests.support.kinds import Kind
from tests.support.stars import build as build_star_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FIELD = ROOT.parent / "shared" / "data" / "field"
SONG = "SOTEST000000000000"
NUMBER_AS_TEXT = "a number written as text"
WHOLE_AS_FRACTION = "a whole number written with a fraction"
LAYOUT = "a layout of eventsim"
SAME_SONG = "another line has the same song_id"


@dataclass(frozen=True)
class Case:
    """What must become of a source.

    Attributes:
        events: What becomes of its events.
        songs: What becomes of its songs.
        plays: The keys of the plays in the star.
        catalogue: The ids of the songs that are not inferred.
        inferred: The titles of the other songs.
        unmatched: The number of plays of songs that are not in the catalogue.
    """

    events: Kind
    songs: Kind = field(default_factory=lambda: Kind(1, 1, 1))
    plays: tuple[str, ...] = ("7-100-0", "7-100-1")
    catalogue: tuple[str, ...] = (SONG,)
    inferred: tuple[str, ...] = ()
    unmatched: int = 0

    @property
    def whole(self) -> Kind:
        """What becomes of its events, and of the files beside the two folders."""
        return replace(self.events, unread={**self.events.unread, **BESIDE})

    @property
    def users(self) -> list[str]:
        """The users, each of whom has a play."""
        return sorted({play.split("-")[0] for play in self.plays})


POSITION = {"lat": 3, "lon": 3, "zip": 3}
CASES = {
    "00-base": Case(Kind(1, 2, 2)),
    "04-eventsim-listen-events": Case(
        Kind(1, 3, 3, repaired={LAYOUT: 3}, extra_keys=POSITION),
        plays=("7-100-0", "7-100-1", "7-100-2"),
    ),
    "05-eventsim-page-views": Case(
        Kind(1, 3, 3, repaired={LAYOUT: 3}, extra_keys={**POSITION, "trackId": 3}),
        plays=("7-100-0", "7-100-2"),
        inferred=("Not In Catalogue",),
        unmatched=1,
    ),
    "08-logs-only": Case(
        Kind(1, 2, 2),
        Kind(0, 0, 0),
        catalogue=(),
        inferred=("Harbour Light",),
        unmatched=2,
    ),
    "10-glued-lines": Case(
        Kind(1, 6, 6),
        Kind(1, 3, 3),
        plays=tuple(f"{user}-100-{item}" for user in (7, 8) for item in range(3)),
        catalogue=tuple(f"SOTEST00000000000{number}" for number in range(3)),
        inferred=("Harbour Light",),
        unmatched=6,
    ),
    "11-pretty-printed": Case(
        Kind(1, 2, 2), Kind(2, 2, 2), catalogue=(SONG, "SOTEST000000000001")
    ),
    "15-other-extensions": Case(
        Kind(
            6,
            6,
            6,
            unread={"*.gz files": 1, "*.txt files": 1, "files without a suffix": 1},
        ),
        plays=tuple(f"7-100-{item}" for item in range(6)),
    ),
    "16-pandas-floats": Case(
        Kind(4, 4, 3, duplicate=1, repaired={WHOLE_AS_FRACTION: 1}),
        plays=("7-100-0", "7-100-1", "7-100-2"),
    ),
    "17-quoted-numbers": Case(
        Kind(1, 2, 2, repaired={NUMBER_AS_TEXT: 2}),
        Kind(1, 1, 1, repaired={NUMBER_AS_TEXT: 1}),
        plays=("7-100-0",),
    ),
    "18-lower-case-keys": Case(Kind(1, 2, 2, repaired={"a key in another case": 2})),
    "27-null-users": Case(
        Kind(1, 7, 7, repaired={"blanks around a text": 1}),
        plays=("0-100-6", "nan-100-8", "null-100-7"),
    ),
    "33-song-again": Case(
        Kind(1, 1, 1),
        Kind(3, 3, 1, duplicate=1, quarantined={SAME_SONG: 1}),
        plays=("7-100-0",),
    ),
}
# Each case has an expected.md beside the two folders.
BESIDE = {"*.md files in the source itself": 1}
POINTER = "02-git-lfs-pointer"
ALL_CASES = {
    **CASES,
    POINTER: Case(Kind(1, 3, 0, quarantined={"broken JSON": 3}), plays=()),
}


@pytest.fixture(scope="module", autouse=True)
def has_cases() -> None:
    if not FIELD.is_dir():
        pytest.skip("needs the field cases, ../shared/data/field")


def build(case: str, workspace: Path, *, accept: bool = False) -> None:
    build_star_of(FIELD / case, workspace, accept=accept)


def ask(workspace: Path, query: str) -> list[dict[str, Any]]:
    with open_star(str(workspace)) as session:
        return list(session.query(query, {}).to_pylist())


def column(workspace: Path, query: str) -> list[Any]:
    return [value for row in ask(workspace, query) for value in row.values()]


def plays(workspace: Path) -> list[Any]:
    return column(workspace, "select songplay_id from songplays order by 1")


@pytest.mark.parametrize("name", ALL_CASES)
def test_a_case_is_counted_as_its_files_say(name: str, tmp_path: Path) -> None:
    flattened = flatten(str(FIELD / name), str(tmp_path), accept=True)
    assert ALL_CASES[name].whole.is_as(flattened.counts["events"])
    assert ALL_CASES[name].songs.is_as(flattened.counts["songs"])


@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_the_star_that_its_files_say(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    build(name, tmp_path)
    assert plays(tmp_path) == list(case.plays)
    listeners = "select distinct user_id from songplays order by 1"
    assert column(tmp_path, listeners) == case.users
    assert column(tmp_path, "select user_id from users order by 1") == case.users
    songs = ask(tmp_path, "select * from songs order by song_id")
    known = [song for song in songs if not song["is_inferred"]]
    assert [song["song_id"] for song in known] == list(case.catalogue)
    inferred = [song["title"] for song in songs if song["is_inferred"]]
    assert inferred == list(case.inferred)
    assert {song["duration"] for song in songs} == {201.5}
    unmatched = "select count(*) from songplays where song_id like 'SI%'"
    assert column(tmp_path, unmatched) == [case.unmatched]
    places = "select distinct location from songplays"
    assert column(tmp_path, places) == ["Testville, CA"]
    noted = "rows_in, rows_staged, rows_duplicate, rows_quarantined, rows_repaired, "
    noted += "lines_blank, files_unread, repairs, unread from etl_runs "
    noted += "where step = 'flatten {}'"
    for step, kind in (("events", case.whole), ("songs", case.songs)):
        (row,) = ask(tmp_path, "select " + noted.format(step))
        put_aside, repaired, unread = (
            sum(found.values())
            for found in (kind.quarantined, kind.repaired, kind.unread)
        )
        ends = (kind.staged, kind.duplicate, put_aside)
        figures = (kind.records, *ends, repaired, 0, unread)
        assert tuple(row.values()) == (
            *figures,
            *map(told, (kind.repaired, kind.unread)),
        )


def told(counts: Mapping[str, int]) -> str | None:
    """Return how the warehouse names counts by kind."""
    kinds = [f"{number} {kind}" for kind, number in sorted(counts.items())]
    return "; ".join(kinds) or None


def test_events_of_nobody_are_counted_and_told(tmp_path: Path) -> None:
    build("27-null-users", tmp_path)
    found = "select rows_found, severity from check_results "
    found += "where check_name = 'plays_of_nobody'"
    assert ask(tmp_path, found) == [{"rows_found": 4, "severity": "warn"}]


def test_the_place_of_a_song_that_is_there_again_is_told(tmp_path: Path) -> None:
    build("33-song-again", tmp_path)
    assert ask(tmp_path, "select object, line, rule, reason from quarantine") == [
        {
            "object": "song_data/B/TR1.json",
            "line": 1,
            "rule": SAME_SONG,
            "reason": SAME_SONG,
        }
    ]
    assert column(tmp_path, "select location from artists") == [None]


def test_a_bad_run_keeps_the_good_star_and_says_why(tmp_path: Path) -> None:
    build("00-base", tmp_path)
    with pytest.raises(QualityError) as caught:
        build(POINTER, tmp_path)
    first, example = str(caught.value).splitlines()
    assert first.startswith("none of the 3 events can be used; nothing was published")
    assert "accept=true" in first
    assert example == (
        "- 3 × broken JSON: log_data/2018/11/events.json, line 1: broken JSON: "
        "Expecting value after 0 characters: version https://git-lfs.github.com/spec/v1"
    )
    assert plays(tmp_path) == ["7-100-0", "7-100-1"]
    build(POINTER, tmp_path, accept=True)
    assert plays(tmp_path) == []


@pytest.mark.parametrize("name", ["17-quoted-numbers", "18-lower-case-keys"])
def test_what_once_emptied_a_good_star_is_read(name: str, tmp_path: Path) -> None:
    build("00-base", tmp_path)
    build(name, tmp_path)
    assert plays(tmp_path) == list(CASES[name].plays)


def test_a_star_does_not_shrink_below_half(tmp_path: Path) -> None:
    build("10-glued-lines", tmp_path)
    kept = list(CASES["10-glued-lines"].plays)
    with pytest.raises(QualityError, match=r"has 2 plays and the last one has 6; .*"):
        build("00-base", tmp_path)
    assert plays(tmp_path) == kept
    build("04-eventsim-listen-events", tmp_path)  # half of it
    assert len(plays(tmp_path)) == 3
    build("33-song-again", tmp_path, accept=True)
    assert plays(tmp_path) == ["7-100-0"]


def rows(folder: Path, part: str) -> list[tuple[Any, ...]]:
    """Return the rows of a part, without the id of the run."""
    columns = "* exclude (run_id)" if part == "quarantine" else "*"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {columns} from read_parquet($files)",
            {"files": str(folder / part / "*.parquet")},
        ).fetchall()
    return sorted(found, key=repr)


@pytest.mark.jvm
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("name", ALL_CASES)
def test_spark_reads_a_case_as_duckdb_does(
    name: str, tmp_path: Path, spark: "SparkSession"
) -> None:
    from sparkify.ingest import spark_job

    source, output = str(FIELD / name), tmp_path / "spark"
    counts = spark_job.flatten(spark, source, str(output), run_id="field", files=1)
    assert ALL_CASES[name].whole.is_as(counts["events"])
    assert ALL_CASES[name].songs.is_as(counts["songs"])
    reconcile_files(output, local_files(output), counts)
    flatten(source, str(tmp_path / "duckdb"), accept=True)
    folder, _ = read_flattened(tmp_path / "duckdb" / "flat")
    for part in PARTS:
        assert rows(output, part) == rows(folder, part), part
