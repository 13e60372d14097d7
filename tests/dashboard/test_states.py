"""A state is chosen as all its places, and a place is never taken for a state."""

from pathlib import Path

import duckdb
import pytest

from tests.support.dashboards import (
    assert_sound,
    build_of,
    figures,
    menus,
    open_page,
)
from tests.support.records import play

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]


def test_the_places_of_a_state_can_be_pasted_into_the_sql(tmp_path: Path) -> None:
    places = ["Coeur d'Alene, ID", "Boise City, ID"]
    plays = [
        play(number, "Undo", "Björk", location=place, userId=str(number))
        for number, place in enumerate(places * 3)
    ]
    dashboard = open_page(build_of(tmp_path, *plays), metro="All of ID")
    key, *_ = menus(dashboard)
    dashboard.session_state[key] = True
    dashboard.run()
    assert_sound(dashboard)
    (pasted,) = (
        each.value.loc["metros", "value"]
        for each in dashboard.dataframe
        if "metros" in each.value.index
    )
    with duckdb.connect() as database:
        found = database.execute(f"select unnest([{pasted!s}])").fetchall()
    assert sorted(place for (place,) in found) == sorted(places)


def test_a_place_that_is_named_like_a_state_is_a_place(tmp_path: Path) -> None:
    place, other = "All of Rome", "Boise City, ID"
    plays = [
        play(number, "Undo", "Björk", location=at, userId=str(number))
        for number, at in enumerate([place] * 3 + [other] * 4)
    ]
    dashboard = open_page(build_of(tmp_path, *plays), metro=place)
    assert_sound(dashboard)
    assert figures(dashboard)["Plays"] == "3"
