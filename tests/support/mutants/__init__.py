"""Functions that lose, repeat or cut records, which a run must notice."""

from .engine import ENGINE
from .mutant import Mutant
from .reader import READER
from .spark import SPARK, SPARK_WRITES
from .warehouse import LOAD, STAR

__all__ = ["ENGINE", "LOAD", "READER", "SPARK", "SPARK_WRITES", "STAR", "Mutant"]
