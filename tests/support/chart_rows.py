"""Small tables that charts are drawn of, and the question that they answer."""

from typing import Any

import pandas as pd

TITLE = "What does it answer?"
DAYS = pd.date_range("2018-11-05", periods=14)


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


BY_DAY = frame(play_date=DAYS, plays=[*range(13), 0], listeners=1)
BY_HOUR = frame(hour=[0, 9, 23], plays=[5, 7, 11])
PROFILE = frame(
    part_of_week=["weekday"] * 24 + ["weekend"] * 24,
    hour=[*range(24)] * 2,
    plays_per_day=1.5,
)
BY_STATE = frame(state=["NY", "TX", None], plays=[31, 7, 2])
