"""What the page's tests share: one browser, and one server of the page with the project's own assistant."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import chromium, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    from chat.agent import Assistant
    from chat.app import build, warm

    assistant = Assistant()
    warm(assistant)
    with served(build(assistant)) as where:
        yield where
