"""Fixtures of the tests of the warehouse."""

from tests.support.dashboards import fresh

__all__ = ["fresh"]
