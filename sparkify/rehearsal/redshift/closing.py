"""What is to be closed, as a context."""

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """Something that a `with` closes at its end."""

    @abstractmethod
    def close(self) -> None:
        """Ends it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
