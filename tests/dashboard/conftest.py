"""The dashboards that the tests open, and the browser."""

from tests.support.browser import chromium, tab, viewer
from tests.support.dashboards import demo, either, fresh, real, served_demo

__all__ = [
    "chromium",
    "demo",
    "either",
    "fresh",
    "real",
    "served_demo",
    "tab",
    "viewer",
]
