"""What the tests share: few searches for garbage; and the page's, one browser and one server with the own assistant."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import chromium, served

# the width of the terminal that runs the tests, which its worker processes are given for their reports
os.environ.pop("COLUMNS", None)
# what is imported stays: to look through it again and again took a third of the time of all tests
_BETWEEN_COLLECTIONS = 500_000
gc.set_threshold(_BETWEEN_COLLECTIONS)


# the files that take longest go first: one that is left for last keeps one worker busy while the other has ended
_LONGEST = (
    "test_page_facts.py", "test_house.py", "test_page.py", "test_recommend.py", "test_mcp.py", "test_readme.py", "test_validate.py",
    "test_cli.py", "test_phrasings.py", "test_providers.py", "test_agent.py",
)  # fmt: skip


# what a module has that puts whole questions to the assistant, each a tenth of a second and thousands of them
_ASKS = frozenset({"answer_to", "answers", "narrow_opening", "opening", "last", "embedded", "Assistant"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _ASKS & vars(getattr(item, "module", None) or item).keys():
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: _LONGEST.index(item.path.name) if item.path.name in _LONGEST else len(_LONGEST))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def assistant() -> Any:
    from tests.talking import embedded

    return embedded()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    from chat.agent import Assistant
    from chat.page.app import build, warm

    assistant = Assistant()
    warm(assistant)
    with served(build(assistant)) as where:
        yield where
