"""What must become of one kind of record."""

from dataclasses import dataclass, field

from sparkify.ingest.manifest import RecordCounts


@dataclass(frozen=True)
class Kind:
    """What must become of one kind of record, as counted by hand in the case's files.

    Attributes:
        objects: The number of files that are read.
        records: The number of records in them.
        staged: The number of records that become rows.
        duplicate: The number of records that repeat an earlier one.
        quarantined: The other records, by rule.
        repaired: The staged records that are repaired, by kind of repair.
        extra_keys: The staged records that have an unknown key, by key.
        unread: The files that are not read, by kind.
    """

    objects: int
    records: int
    staged: int
    duplicate: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    extra_keys: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)

    def is_as(self, counts: RecordCounts) -> bool:
        """Return whether the counts are these; no case has a blank line."""
        expected = {**vars(self), "blank": 0}
        return all(getattr(counts, name) == n for name, n in expected.items())
