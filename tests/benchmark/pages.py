"""How long a person waits for the dashboard: `python -m tests.benchmark.pages`.

Opens each page in a headless browser on a star of many plays: the time until its first
chart and its last figure are drawn, and the time from a click on a filter until the
page has settled again.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from sparkify.demo import generate
from tests.benchmark.process import temporary_folder
from tests.support.dashboards import EVERY_PAGE, link_to, served
from tests.support.stars import build

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
# Clicks, and returns the milliseconds until the page has run and is drawn again. They
# are counted in the page, as the browser's driver takes its own time before a click. A
# page that answers from its cache runs and stops within one batch of mutations, of
# which the attribute shows the last: that it ran is seen in the old values.
CLICK = """
([choice, deadline]) => new Promise((resolve, reject) => {
    const app = document.querySelector("[data-testid=stApp]");
    let hasRun = false;
    const began = performance.now();
    setTimeout(() => reject(new Error("the page has not settled")), deadline);
    new MutationObserver((mutations, observer) => {
        const state = app.getAttribute("data-test-script-state");
        hasRun ||= state === "running"
            || mutations.some(mutation => mutation.oldValue === "running");
        if (hasRun && state === "notRunning") {
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(
                () => resolve(performance.now() - began)
            ));
        }
    }).observe(app, {
        attributeFilter: ["data-test-script-state"], attributeOldValue: true
    });
    choice.click();
})
"""
LEVELS = ("Paid", "Free", "All")
PAUSE = 500  # milliseconds
DEADLINE = 120  # seconds; a page that takes longer is broken, not slow


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the table, and return the exit status."""
    options = _options(arguments)
    console = Console()
    with temporary_folder() as folder:
        workspace = options.workspace or folder / "workspace"
        if not options.workspace:
            with console.status(f"building a star of {options.events:,} events"):
                source = folder / "source"
                generate(source, events=options.events, songs=15_000, seed=2)
                build(source, workspace)
        with (
            served(workspace.resolve(), folder) as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            _open(page, address)  # the server's own start
            figures = {
                name: _measure(page, link_to(name, address, workspace))
                for name in EVERY_PAGE
            }
            browser.close()
    _show(console, figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark.pages", description=__doc__
    )
    parser.add_argument(
        "--events", type=int, default=10_000_000, help="events of the demo data"
    )
    parser.add_argument(
        "--workspace", type=Path, help="a workspace with a star, instead of demo data"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args(arguments)


def _open(page: Page, address: str) -> float:
    """Return the seconds until a page is drawn to its end."""
    began = monotonic()
    page.goto(address)
    page.wait_for_selector("h1", timeout=DEADLINE * 1000)
    page.wait_for_selector(SETTLED, timeout=DEADLINE * 1000)
    return monotonic() - began


def _measure(page: Page, link: str) -> dict[str, Any]:
    """Open a page and click through the levels, each for the first time."""
    first = _open(page, link)
    page.wait_for_timeout(PAUSE)  # a second run would replace what is to be clicked
    changes = []
    for level in LEVELS:
        choice = page.get_by_role("radio", name=level, exact=True).first
        element = choice.element_handle()
        changes.append(page.evaluate(CLICK, [element, DEADLINE * 1000]) / 1000)
    return {"first": first, "change": statistics.median(changes)}


def _show(console: Console, figures: dict[str, dict[str, Any]]) -> None:
    table = Table("page", "first paint, s", "filter change, s, median of 3")
    for name, figure in figures.items():
        table.add_row(name, f"{figure['first']:.2f}", f"{figure['change']:.2f}")
    table.add_section()
    medians = (
        statistics.median(figure[key] for figure in figures.values())
        for key in ("first", "change")
    )
    table.add_row("median", *(f"{seconds:.2f}" for seconds in medians))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
