"""What 05_transform and 06_listening show is what the raw files say."""

import json
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import ftfy
import pandas as pd
import pytest

from sparkify.evidence import flat, listening, star, tables
from sparkify.ingest.record_schema import EVENTS, SONGS, RecordSchema
from sparkify.reports.periods import PRESETS
from sparkify.reports.report import everything, run_report
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.tables import STAR
from tests.support.stars import build

Key = tuple[str, str]


@pytest.fixture(scope="module")
def session(demo_workspace: Path) -> Session:
    return open_star(str(demo_workspace))


@pytest.fixture(scope="module")
def plays(demo_source: Path) -> list[Key]:
    """Return the title and the artist of each play, by plain JSON."""
    logs = sorted(demo_source.glob("log_data/*/*/*.json"))
    events = [json.loads(line) for log in logs for line in log.read_text().split("\n")]
    return [
        (ftfy.fix_encoding(event["song"]), ftfy.fix_encoding(event["artist"]))
        for event in events
        if event["page"] == "NextSong"
    ]


@pytest.fixture(scope="module")
def catalogue(demo_source: Path) -> set[Key]:
    songs = [json.loads(path.read_text()) for path in demo_source.rglob("TR*.json")]
    return {(str(song["title"]), str(song["artist_name"])) for song in songs}


def test_matched_and_inferred_are_counted_as_in_the_files(
    session: Session, plays: list[Key], catalogue: set[Key]
) -> None:
    shown = star.matched(session)
    numbers = shown.set_index(["what", "kind"])["number"]
    hits = sum(play in catalogue for play in plays)
    assert numbers["plays", star.IN_CATALOGUE] == hits
    assert numbers["plays", star.INFERRED] == len(plays) - hits
    assert numbers["songs", star.INFERRED] == len(set(plays) - catalogue)
    sentence = star.match_rate(shown)
    assert sentence.startswith(
        f"{hits:,} of {len(plays):,} plays ({hits / len(plays):.1%}"
    )


def test_the_songs_outside_the_catalogue_are_the_most_played_ones(
    session: Session, plays: list[Key], catalogue: set[Key]
) -> None:
    counted = Counter(play for play in plays if play not in catalogue)
    most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:10]
    shown = star.outside(session)
    found = zip(shown["title"], shown["artist"], shown["plays"], strict=True)
    assert list(found) == [(*play, number) for play, number in most]


def test_a_play_is_followed_to_the_row_of_each_key(session: Session) -> None:
    shown = star.follow_play(session).set_index("table")
    assert list(shown.index) == ["users", "songs", "artists", "time"]
    assert "is_inferred False" in str(shown.loc["songs", "the row there"])
    song = session.query_exactly("select song_id, title from songs").to_pylist()
    titles = {row["song_id"]: row["title"] for row in song}
    title = titles[str(shown.loc["songs", "value"])]
    assert str(shown.loc["songs", "the row there"]).startswith(f"title {title}, ")


@pytest.mark.parametrize("table", STAR)
def test_a_sample_has_the_first_rows_by_key(session: Session, table: str) -> None:
    order = star.ORDERS[table]
    every = session.query_exactly(f"select * from {table}").to_pylist()
    every.sort(key=lambda row: tuple(row[name] for name in order))
    shown = star.sample(session, table)
    key = order[-1]
    assert shown[key].tolist() == [str(row[key]) for row in every[:3]]


def test_nulls_and_distinct_values_are_those_of_pandas(
    demo_source: Path, tmp_path: Path
) -> None:
    source, workspace = tmp_path / "source", tmp_path / "workspace"
    shutil.copytree(demo_source, source)
    later = max(source.glob("log_data/*/*/*.json"))
    later.rename(tmp_path / "later")
    build(source, workspace)
    assert_columns_are_those_of_pandas(workspace, EVENTS)
    assert_columns_are_those_of_pandas(workspace, SONGS)
    (tmp_path / "later").rename(later)
    build(source, workspace)
    name = later.relative_to(source).as_posix()
    assert_columns_are_those_of_pandas(workspace, EVENTS, f"object = '{name}'")
    assert_columns_are_those_of_pandas(workspace, SONGS)  # of which none is new


def assert_columns_are_those_of_pandas(
    workspace: Path, schema: RecordSchema, condition: str = "true"
) -> None:
    query = f"select * from {schema.table} where {condition}"
    flattened = flat.read(str(workspace))
    with open_star(str(workspace)) as session:
        rows = session.query_exactly(query).to_pandas()[[*schema.column_names]]
        shown = tables.columns(session, schema, flattened).set_index("column")
    assert len(rows)
    assert shown["nulls"].to_dict() == rows.isna().sum().to_dict()
    assert shown["distinct values"].to_dict() == rows.nunique().to_dict()


def test_counts_of_a_workspace_without_a_star_are_none(tmp_path: Path) -> None:
    where = {"warehouse": "duckdb", "memory_limit": "1GB"}
    assert tables.count_published(str(tmp_path / "w"), STAR, **where) == {}


def test_the_findings_name_what_the_rows_hold(
    session: Session, plays: list[Key]
) -> None:
    period = everything(session)
    days = run_report(session, "plays_by_day", period).rows
    totals = days.groupby("play_date")["plays"].sum()
    assert f"{totals.max():,} plays" in listening.rhythm(days)
    ranking = pd.DataFrame({"title": ["A", "B"], "plays": [30, 10]})
    assert listening.leader(ranking, "title", 400) == (
        "'A' leads with 30 plays (7.5% of all); the 2 shown have 10.0% together."
    )
    overview = run_report(session, "overview", period).rows
    assert f"of {len(plays):,} plays" in listening.match_rate(overview)


def test_the_place_that_leads_is_one_that_may_be_shown(session: Session) -> None:
    query = """
        select location, count(*) as plays, count(distinct user_id) as listeners
        from songplays where location is not null group by location
    """
    every = session.query_exactly(query).to_pandas()
    known = every[every["listeners"] >= 3]
    hidden = every[every["listeners"] < 3]["plays"].sum()
    rows = run_report(session, "places", everything(session), least_listeners=3).rows
    told = listening.places(rows, 3)
    best = known.sort_values(["plays", "location"], ascending=[False, True]).iloc[0]
    assert told.startswith(f"Most is played in '{best.location}', {best.plays:,} plays")
    assert f"{len(known):,} places may be shown" in told
    assert not hidden or f"{hidden:,} plays where fewer than 3 listeners live" in told


def test_a_link_opens_the_page_for_all_days() -> None:
    link = urlsplit(listening.link("songs"))
    (label,) = parse_qs(link.query)["period"]
    assert PRESETS["all"] == label


def test_without_plays_each_finding_says_so() -> None:
    empty = pd.DataFrame(columns=["play_date", "level", "plays", "location"])
    assert listening.rhythm(empty) == listening.NO_PLAYS
    assert listening.leader(empty, "title", 0) == listening.NO_PLAYS
    assert listening.places(empty, 3) == listening.NO_PLAYS
    assert listening.levels(empty) == listening.NO_PLAYS


@pytest.mark.parametrize("warehouse", ["redshift", "redshift_serverless"])
def test_either_kind_of_redshift_is_shown_to_load_by_copy(warehouse: str) -> None:
    shown = tables.command("staging_songs", warehouse=warehouse, load="copy")
    assert shown.startswith("copy staging_songs from 's3://")
