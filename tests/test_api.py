"""The page's endpoints through Gradio's own client: typed, described, and the same objects and refusals as the tools."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from gradio_client.exceptions import AppError

from chat.tools import TOOLS

pytestmark = pytest.mark.slow

GOOD: dict[str, dict[str, Any]] = {
    "/estimate": {"params": "70B", "method": "qlora", "gpu": "A100", "n_gpus": 2},
    "/compare": {"setups": ["method=lora", "method=qlora"], "params": "7B"},
    "/solve": {"quantity": "seq_len", "model": "Llama-3.1-8B", "method": "qlora", "bits": 4, "gpu": "4090"},
    "/recommend": {"params": "13B", "method": "qlora"},
    "/derive": {"quantity": "kv_cache", "model": "Llama-3-8B", "seq_len": 8192},
    "/query": {"sql": "SELECT memory_gb FROM finetune WHERE method='QLoRA' AND params_b=70 AND bits > 2 ORDER BY bits"},
    "/remarks": {"about": ["oom_diagnosis"], "model": "Llama-3.1-8B", "method": "qlora", "gpu": "3060"},
    "/check_arithmetic": {"arithmetic": "2*3584*28*8 = 1.53 MB"},
    "/convert": {"amounts": "49140 MiB"},
    "/generation_speed": {"model": "Llama-3.1-8B", "bits": 4, "gpu": "4090"},
    "/training_time": {"train_tokens": 1e12, "gpu": "A100 80GB", "n_gpus": 8, "params": "7B"},
    "/encoder_memory": {"names": ["bge-m3"]},
    "/check_document": {"topic": "26.077"},
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from chat.agent import Assistant
    from chat.page.app import build, launch

    page = build(Assistant())
    yield launch(page, port=0)
    page.close()


def reaching(address: str) -> Any:
    """A client of its own: one that has ended a call may cancel the next, as its reader of events closes behind it."""
    from gradio_client import Client

    return Client(address, verbose=False)


@pytest.fixture
def client(address: str) -> Any:
    return reaching(address)


def test_every_endpoint_is_typed_and_described(client: Any) -> None:
    offered = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(offered) == {"/ask", *GOOD}
    assert len(GOOD) == len(TOOLS)
    for endpoint in offered.values():
        assert endpoint["description"].endswith(".")
        assert [one["python_type"]["type"] for one in endpoint["returns"]] == ["dict(str, Any)"]
    for name in GOOD:
        for argument in offered[name]["parameters"]:
            assert argument["python_type"]["description"]
            assert argument["python_type"]["type"] not in ("", "Any")
    method = next(one for one in offered["/estimate"]["parameters"] if one["parameter_name"] == "method")
    assert "Literal['inference', 'full', 'freeze', 'lora'" in method["python_type"]["type"]
    assert method["parameter_has_default"]
    assert not offered["/solve"]["parameters"][0]["parameter_has_default"]


def test_objects_are_those_of_the_contract(address: str) -> None:
    from kb import estimate, solve

    found = {name: reaching(address).predict(api_name=name, **args) for name, args in GOOD.items()}
    for name, told in (("/estimate", estimate(**GOOD["/estimate"])), ("/solve", solve(**GOOD["/solve"]))):
        assert found[name] == json.loads(json.dumps(told.json(), default=float))
    assert found["/derive"]["derivation"]["value"] == 2**30
    assert found["/query"]["rows"] == [[48], [80]]
    assert found["/remarks"]["remarks"]
    assert found["/training_time"]["answers"][0]["unit"] == "hours"
    assert all(found.values())


def test_a_question_in_words(client: Any) -> None:
    found = client.predict("两张A100能用QLoRA微调70B模型吗?", api_name="/ask")
    assert (found["language"], found["verdict"]) == ("zh", "conditional")
    assert found["answer"]
    assert found["tool_calls"][0]["name"] == "estimate_memory"


@pytest.mark.parametrize(
    ("name", "args", "line"),
    [
        ("/ask", {"question": 7}, "question is a text, not 7"),
        ("/estimate", {"params": "7B", "method": "loar"}, "method cannot be 'loar'; near: lora"),
        ("/estimate", {"model": "Llama-3.1-8C"}, "near: "),
        ("/estimate", {"params": {"a": 1}}, "params is one value, not an object"),
        ("/solve", {"quantity": "seq_le"}, "near: seq_len"),
        ("/derive", {"quantity": "kv_cach"}, "near: kv_cache"),
        ("/query", {"sql": "SELECT * FROM read_text('/etc/passwd')"}, "read_text"),
        ("/query", {"sql": "DROP TABLE models"}, "the tables can only be read"),
        ("/convert", {"amounts": "3 parsecs"}, "an amount is a number with KB"),
        ("/training_time", {"train_tokens": 1e12, "gpu": "A100", "n_gpus": 8}, "needs `model` or `params`"),
    ],
)
def test_a_wrong_call_raises_the_line_that_mends_it(client: Any, name: str, args: dict[str, Any], line: str) -> None:
    with pytest.raises(AppError) as refused:
        client.predict(api_name=name, **args)
    assert line in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_the_client_of_the_readme(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```py\n(.*?)```", text, re.DOTALL)
    assert "http://127.0.0.1:7860" in block
    exec(block.replace("http://127.0.0.1:7860", client.src), {})
    assert "conditional\n" in capsys.readouterr().out


def test_calls_at_once_get_their_own_answers(client: Any) -> None:
    lengths = [2**power for power in range(9, 17)]

    def value(length: int) -> Any:
        args = {"quantity": "kv_cache", "model": "Llama-3-8B", "seq_len": length}
        return client.predict(api_name="/derive", **args)["derivation"]["value"]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(value, lengths)) == [length * 2**17 for length in lengths]
