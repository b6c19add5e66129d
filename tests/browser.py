"""A browser without a window, for tests of practice sheets; run as a program, it prints the packages that it lacks."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = {"chromium": BROWSERS, "chromium-driver": ("chromedriver",)}
"""The Debian packages, and what they may be called where they are there already."""

WAIT = 10.0


def missing() -> list[str]:
    """Return the packages that are not there."""
    return [package for package, names in PACKAGES.items() if not any(map(shutil.which, names))]


def in_browser(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that runs a browser."""
    import pytest

    reason = f"no browser: {' '.join(missing())} not installed (make browser)"
    return pytest.mark.browser(pytest.mark.skipif(bool(missing()), reason=reason)(test))


@contextmanager
def opened() -> Iterator[Any]:
    """Open a browser that knows no host but this one, and close it behind."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(next(filter(None, map(shutil.which, BROWSERS))))
    flags = (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-dev-shm-usage",
        "host-resolver-rules=MAP * ~NOTFOUND",
    )
    for flag in flags:
        options.add_argument(f"--{flag}")
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def sized(driver: Any, width: int, *, dark: bool = False) -> None:
    """Show the page in a window of a width, in one of the two colour schemes."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def shown(driver: Any, page: Path) -> None:
    """Open a file."""
    driver.get(page.resolve().as_uri())


def until(found: Callable[[], Any]) -> Any:
    """Return the first value that is something, or fail."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.01)
    raise AssertionError(f"nothing was found in {WAIT} seconds")


if __name__ == "__main__":
    sys.stdout.write(" ".join(missing()))
