"""What the page's tests share: one browser, and one server of the page with the project's own assistant."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import chromium, served

# the width of the terminal that runs the tests, which its worker processes are given for their reports
os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    from chat.agent import Assistant
    from chat.page.app import build, warm

    assistant = Assistant()
    warm(assistant)
    with served(build(assistant)) as where:
        yield where
