"""The dashboards that the tests open."""

from tests.support.dashboards import demo, either, fresh, real, served_demo

__all__ = ["demo", "either", "fresh", "real", "served_demo"]
