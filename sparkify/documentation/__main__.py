"""Writes the generated documents: `python -m sparkify.documentation`."""

from pathlib import Path

from sparkify.documentation.dictionary import write_dictionary
from sparkify.documentation.parameters import fill_parameters
from sparkify.documentation.prices import fill_prices
from sparkify.documentation.schema import describe_tables
from sparkify.files import write_atomic
from sparkify.project import ROOT

DICTIONARY = ROOT / "docs" / "data-dictionary.md"
FIRST_DAY = ROOT / "docs" / "first-day-on-aws.md"
README = ROOT / "README.md"


def documents() -> dict[Path, str]:
    """Return the text of each document that is generated, whole or in part.

    Raises:
        SqlError: A table or a column has no description.
        SparkifyError: A document lacks the markers of its generated part.
    """
    readme = README.read_text(encoding="utf-8")
    return {
        DICTIONARY: write_dictionary(describe_tables()),
        FIRST_DAY: fill_prices(FIRST_DAY.read_text(encoding="utf-8")),
        README: fill_parameters(readme),
    }


def main() -> None:
    """Write the documents into the project's folder."""
    for path, text in documents().items():
        write_atomic(path, text)


if __name__ == "__main__":
    main()
