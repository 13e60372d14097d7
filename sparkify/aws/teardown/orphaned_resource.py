"""A resource that a teardown finds, and what becomes of it."""

from dataclasses import dataclass

WOULD_BE_REMOVED = "would be removed"
REMOVED = "removed"
KEPT = "kept"
STILL_THERE = "still there"


@dataclass(frozen=True)
class OrphanedResource:
    """A resource on AWS that is ours, or that the settings name.

    Attributes:
        kind: The kind of resource.
        name: Its name; for EMR clusters, EMR applications and security groups the id.
        state: `would be removed`, `removed`, `kept: …` or `still there: …`.
    """

    kind: str
    name: str
    state: str = WOULD_BE_REMOVED

    @property
    def is_kept(self) -> bool:
        """Whether a teardown keeps it."""
        return self.state.startswith(KEPT)
