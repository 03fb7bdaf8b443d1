"""`kb mcp` through the protocol's own client: the tools, their results and refusals, several calls at once, and a stdout
that carries nothing else.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from chat import mcp as served
from chat.tool_calls import as_text, told
from chat.tools import TOOLS, call
from tests.commands import KB, here, process

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SKILL = ROOT / "chat" / "skill.md"
STDIO = StdioServerParameters(command=KB[0], args=[*KB[1:], "mcp"], env=dict(os.environ), cwd=ROOT)
GOOD: dict[str, dict[str, Any]] = {
    "estimate_memory": {"params": "70B", "method": "qlora", "gpu": "A100", "n_gpus": 2},
    "solve_for": {"quantity": "seq_len", "model": "Llama-3.1-8B", "method": "qlora", "bits": 4, "gpu": "4090"},
    "compare": {"setups": ["method=lora", "method=qlora; bits=4"], "model": "Llama-3.1-8B"},
    "recommend": {"params": "13B", "method": "qlora"},
    "derive_quantity": {"quantity": "kv_cache", "model": "Llama-3-8B", "seq_len": 8192},
    "query_tables": {"sql": "SELECT * FROM finetune WHERE method='QLoRA'"},
    "remarks": {"about": "oom_diagnosis", "model": "Llama-3.1-8B", "method": "qlora", "gpu": "3060"},
    "check_arithmetic": {"arithmetic": "2*3584*28*8 = 1.53 MB"},
    "convert": {"amounts": "49140 MiB", "gpu": "A6000"},
    "training_time": {"train_tokens": 1e12, "gpu": "A100 80GB", "n_gpus": 8, "params": "7B"},
    "generation_speed": {"model": "Llama-3.1-8B", "bits": 4, "gpu": "4090"},
    "encoder_memory": {"names": ["bge-m3"], "gpu": "T4", "batch_size": 32, "seq_len": 512},
    "check_document": {"topic": "26.077"},
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "estimate_memory": ({"params": "7B", "metod": "lora"}, "no argument `metod`; near: method"),
    "solve_for": ({"quantity": "seq_le"}, "near: seq_len"),
    "compare": ({"setups": ["lora", "qlora"], "params": "7B"}, "a set-up is facts such as"),
    "recommend": ({"method": "qlora", "models": "7B"}, "near: model"),
    "derive_quantity": ({}, "`quantity` is missing"),
    "query_tables": ({"sql": "DROP TABLE models"}, "the tables can only be read"),
    "remarks": ({"about": "kv_cach"}, "near: kv_cache"),
    "check_arithmetic": ({"arithmetic": {"a": 1}}, "arithmetic is one value, not an object"),
    "convert": ({"amounts": "3 parsecs"}, "an amount is a number with KB"),
    "training_time": ({"train_tokens": -1, "gpu": "A100", "n_gpus": 1}, "train_tokens is above 0"),
    "generation_speed": ({"gpu": "4090"}, "needs `model` or `params`"),
    "encoder_memory": ({"names": ["bge-m4"]}, "no encoder `bge-m4`"),
    "check_document": ({"topic": ["a"]}, "topic is one value, not a list"),
}


def talk(
    ask: Callable[[Client], Awaitable[None]], server: Any = STDIO, mode: Literal["auto", "legacy"] = "auto"
) -> None:
    """What a client asks of a server, within two minutes: a start takes three seconds, and many where all else runs."""

    async def run() -> None:
        with anyio.fail_after(120):
            async with Client(server, mode=mode, read_timeout_seconds=60) as client:
                await ask(client)

    # in a thread of its own: where the page was driven before, Playwright's loop runs in this one
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, run).result()


def as_json(told: Any) -> Any:
    return json.loads(json.dumps(told, default=float))


def text(result: CallToolResult) -> str:
    (block,) = result.content
    assert block.type == "text"
    return block.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tools_and_results_are_those_of_the_chat(mode: Literal["auto", "legacy"]) -> None:
    async def ask(client: Client) -> None:
        listed = (await client.list_tools()).tools
        assert [(tool.name, tool.description, tool.input_schema) for tool in listed] == [
            (tool.name, tool.description, tool.args_schema) for tool in TOOLS
        ]
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in listed)
        assert "What not to do" in (client.instructions or "")
        for name, args in GOOD.items():
            found = await client.call_tool(name, args)
            assert not found.is_error
            assert found.structured_content == as_json(told(call(name, args)[1], served.DERIVED))
            assert text(found) == as_text(found.structured_content)

    assert set(GOOD) == {tool.name for tool in TOOLS}
    talk(ask, mode=mode)


def test_a_wrong_call_can_be_mended_and_the_session_goes_on() -> None:
    async def ask(client: Client) -> None:
        for name, (args, line) in WRONG.items():
            refused = await client.call_tool(name, args)
            assert refused.is_error
            assert line in text(refused)
            assert len(text(refused)) < 300
            assert "\n" not in text(refused)
            assert refused.structured_content is None
        with pytest.raises(MCPError, match="no tool `estimate`; near: estimate_memory"):
            await client.call_tool("estimate", {})
        assert not (await client.call_tool("query_tables", {"sql": "SELECT 1 AS one"})).is_error

    assert set(WRONG) == set(GOOD)
    talk(ask, served.server())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; DROP TABLE models",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY models TO '/tmp/stolen.csv'",
        "SELECT getenv('HOME')",
        "ATTACH 'https://elsewhere.example/x.db'",
        "SELECT path FROM duckdb_databases()",
        "SELECT list_sum(range(100000000000))",
        "INSERT INTO models SELECT * FROM models",
    ],
)
def test_a_query_reaches_nothing_but_the_tables(sql: str) -> None:
    async def ask(client: Client) -> None:
        before = text(await client.call_tool("query_tables", {"sql": "SELECT count(*) AS n FROM models"}))
        refused = await client.call_tool("query_tables", {"sql": sql})
        assert refused.is_error
        assert "root:" not in text(refused)
        assert str(ROOT) not in text(refused)
        assert text(await client.call_tool("query_tables", {"sql": "SELECT count(*) AS n FROM models"})) == before

    talk(ask, served.server())
    assert not Path("/tmp/stolen.csv").exists()


def test_many_calls_at_once_get_their_own_answers() -> None:
    lengths = [2**power for power in range(9, 17)]

    async def ask(client: Client) -> None:
        found: dict[int, Any] = {}

        async def one(length: int) -> None:
            args = {"quantity": "kv_cache", "model": "Llama-3-8B", "seq_len": length}
            found[length] = (await client.call_tool("derive_quantity", args)).structured_content

        async with anyio.create_task_group() as group:
            for length in lengths:
                group.start_soon(one, length)
        assert [found[length]["derivation"]["value"] for length in lengths] == [length * 2**17 for length in lengths]

    talk(ask)


def test_a_defect_is_told_without_its_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, given: Any) -> Any:
        raise KeyError("secret")

    monkeypatch.setattr(served, "call", broken)
    result = served.answered("estimate_memory", {})
    assert result.is_error
    assert text(result) == "estimate_memory failed by a defect of its own; nothing was worked out"


def test_stdout_carries_the_protocol_alone_and_the_end_of_stdin_ends_it() -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    calls = [{"name": name, "arguments": args} for name, args in GOOD.items()]
    sent = [
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        *({"jsonrpc": "2.0", "id": place, "method": "tools/call", "params": one} for place, one in enumerate(calls, 1)),
    ]
    with subprocess.Popen([*KB, "mcp"], stdin=-1, stdout=-1, stderr=-1, text=True, cwd=ROOT) as running:
        assert running.stdin
        assert running.stdout
        for message in [*map(json.dumps, sent), "this is no message"]:
            print(message, file=running.stdin, flush=True)
        heard = [json.loads(running.stdout.readline()) for _ in range(len(calls) + 1)]
        rest, said = running.communicate(timeout=120)
    heard += [json.loads(line) for line in rest.splitlines()]
    assert all(message["jsonrpc"] == "2.0" for message in heard)
    assert {message["id"] for message in heard if "result" in message} == set(range(len(calls) + 1))
    assert running.returncode == 0
    assert "Traceback" not in said


def test_ctrl_c_ends_it_and_its_worker() -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    query = {"name": "query_tables", "arguments": {"sql": "SELECT 1 AS one"}}
    with subprocess.Popen([*KB, "mcp"], stdin=-1, stdout=-1, stderr=-1, text=True, cwd=ROOT) as running:
        assert running.stdin
        assert running.stdout
        for place, (method, params) in enumerate((("initialize", hello), ("tools/call", query))):
            message = {"jsonrpc": "2.0", "id": place, "method": method, "params": params}
            print(json.dumps(message), file=running.stdin, flush=True)
            assert json.loads(running.stdout.readline())["id"] == place
        running.send_signal(signal.SIGINT)
        running.wait(60)
        # nobody is left who could write: the worker's end of the pipe is closed too
        assert running.stdout.read() == ""
        assert "Traceback" not in (running.stderr.read() if running.stderr else "")


def test_over_http() -> None:
    async def ask(client: Client) -> None:
        found = await client.call_tool("estimate_memory", GOOD["estimate_memory"])
        assert found.structured_content["verdict"] == "conditional"
        assert (await client.call_tool("estimate_memory", {"metod": "lora"})).is_error

    with subprocess.Popen([*KB, "mcp", "--port", "0"], stdout=-1, stderr=-1, text=True, cwd=ROOT) as running:
        try:
            assert running.stdout
            address = running.stdout.readline().split()[0]
            talk(ask, address)
            for name, value in (("host", "elsewhere.example"), ("origin", "http://elsewhere.example")):
                accept = {"accept": "application/json, text/event-stream", name: value}
                refused = httpx.post(
                    address, json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=accept, trust_env=False
                )
                assert refused.status_code in (403, 421)
            port = re.findall(r":(\d+)/", address)[0]
            taken = subprocess.run(
                [*KB, "mcp", "--port", port], capture_output=True, text=True, timeout=120, check=False
            )
        finally:
            running.terminate()
    assert taken.returncode == 2
    assert taken.stderr.startswith(f"kb: cannot serve on 127.0.0.1:{port}")


def test_without_the_extra_one_line_says_what_to_install() -> None:
    program = "import sys; sys.modules['mcp'] = None; sys.argv = ['kb', 'mcp']; from kb.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("kb: `kb mcp` needs an extra: ")
    assert done.stderr.count("\n") == 1


# ---- the skill ---------------------------------------------------------------------------------------------------


def test_the_skill_is_printed_and_names_every_tool() -> None:
    done = here("mcp", "--skill")
    assert done.stdout == SKILL.read_text(encoding="utf-8")
    assert re.match(r"---\nname: [a-z-]+\ndescription: .{40,1024}\n---\n", done.stdout)
    assert {tool.name for tool in TOOLS} <= set(re.findall(r"`(\w+)`", done.stdout))


@pytest.mark.parametrize("command", re.findall(r"`(kb [^`]+)`", SKILL.read_text(encoding="utf-8")))
def test_every_command_of_the_skill_runs(command: str, tmp_path: Path) -> None:
    config = {
        "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000,
        "intermediate_size": 11008, "max_position_embeddings": 4096,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    words = shlex.split(command)[1:]
    # a file beside it and a question go to processes of their own, whose stderr holds what Python itself would say, too
    alone = any(one in command for one in ("config.json", "bge-m3"))
    done = (process if alone else here)(*words, cwd=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    if "--json" in command or "--format json" in command:
        assert json.loads(done.stdout)
    else:
        assert done.stdout.strip()


@pytest.mark.parametrize("args", re.findall(r"`(\{.*?\})`", SKILL.read_text(encoding="utf-8")))
def test_every_call_of_the_skill_works(args: str) -> None:
    assert len(call("estimate_memory", json.loads(args))[1]["cases"]) >= 2


def test_the_client_settings_of_the_readme_start_the_server() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (entry,) = json.loads(block)["mcpServers"].values()
    words = [str(ROOT) if word == "/path/to/vram-kb" else word for word in entry["args"]]

    async def ask(client: Client) -> None:
        assert len((await client.list_tools()).tools) == len(TOOLS)

    assert str(ROOT) in words
    talk(ask, StdioServerParameters(command=entry["command"], args=words, env=dict(os.environ)))
