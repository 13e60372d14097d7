"""The raw files to measure on: the real ones, or demo data of about their size."""

from dataclasses import dataclass
from pathlib import Path

from sparkify.demo import generate
from sparkify.project import ROOT
from tests.support.archives import unpack

REAL_DATA = ROOT.parent / "shared" / "data" / "sparkify-2018-11.tar.xz"
DEMO_EVENTS = 8_056
DEMO_SONGS = 14_896


@dataclass(frozen=True)
class Source:
    """The raw files.

    Attributes:
        folder: Holds `log_data/` and `song_data/`.
        words: What they are.
        files: How many there are.
        bytes: Their size.
    """

    folder: Path
    words: str
    files: int
    bytes: int


def prepare(given: Path | None, folder: Path) -> Source:
    """Return the source to measure on, read once so that no round finds it cold.

    Args:
        given: A folder that the caller named, if any.
        folder: A folder to unpack or to make data in.
    """
    if given is not None:
        return _warm(given, f"source {given}")
    if REAL_DATA.is_file():
        unpack(REAL_DATA, folder)
        return _warm(folder, "the real data")
    generate(folder, events=DEMO_EVENTS, songs=DEMO_SONGS, seed=1)
    return _warm(folder, f"demo data of about the same size: {REAL_DATA} is absent")


def _warm(folder: Path, words: str) -> Source:
    paths = [
        path
        for name in ("log_data", "song_data")
        for path in folder.glob(f"{name}/**/*.json")
    ]
    return Source(
        folder, words, len(paths), sum(len(path.read_bytes()) for path in paths)
    )
