"""The star schema once more, in plain Python: the tests' second opinion.

It follows the written design alone, shares no code with the package and reads
well-formed data only.
"""

from .counts import figures
from .records import read_events, read_songs
from .tables import star

__all__ = ["figures", "read_events", "read_songs", "star"]
