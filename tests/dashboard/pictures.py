"""Draws the pictures of docs/dashboard.md anew, of the demo data.

python -m tests.dashboard.pictures
"""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from sparkify.demo import generate
from sparkify.project import ROOT
from tests.support.browser import CHROMIUM, DRAWN, QUIET, visit
from tests.support.dashboards import EVERY_PAGE, link_to, served
from tests.support.stars import build

FOLDER = ROOT / "docs" / "images"
SCREEN = ViewportSize(width=1440, height=1000)
SIZE, COLOURS = (1200, 833), 255  # pixels; the colours of thin lines are kept
MOST_BYTES = 84_000


def draw(address: str, workspace: Path) -> None:
    """Draw each page of a dashboard that is served at an address from a workspace."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        tab = browser.new_page(viewport=SCREEN, color_scheme="light")
        # Health first, while the star has been loaded "just now".
        for page in sorted(EVERY_PAGE, key="health".__ne__):
            visit(tab, link_to(page, address, workspace))
            tab.locator(DRAWN).first.wait_for()
            tab.wait_for_timeout(500)
            shown = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
            small = shown.resize(SIZE, Image.Resampling.LANCZOS).quantize(
                COLOURS, Image.Quantize.MAXCOVERAGE
            )
            path = FOLDER / f"{page}.png"
            small.save(path, optimize=True)
            assert path.stat().st_size < MOST_BYTES, path
        browser.close()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        source, workspace = Path(folder, "demo"), Path(folder, "workspace")
        generate(source, events=50_000, songs=5_000, seed=1)
        build(source, workspace)
        with served(workspace) as server:
            draw(server, workspace)
