"""The chat's tools for other programs, over the Model Context Protocol: the same schemas, results and refusals.

A wrong call comes back as a result that is an error, so that the model which made it can mend it; only a tool that does
not exist is an error of the protocol. Results are read-only and come from this machine alone.
"""

import json
import signal
import socket
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from chat.tool_calls import DERIVED, as_text, told
from chat.tools import TOOLS, call, refusal
from formulas.errors import BadInput, near

HOST = "127.0.0.1"
AT_ONCE = 4  # calls that are worked out side by side; more wait
_READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def skill() -> str:
    """What a coding agent should know, without the header of the file."""
    _, _, text = Path(__file__).with_name("skill.md").read_text(encoding="utf-8").split("---\n", 2)
    return text.strip()


def server() -> Server[Any]:
    """A server of the tools."""
    offered = [
        types.Tool(name=tool.name, description=tool.description, input_schema=_schema(tool), annotations=_READ_ONLY)
        for tool in TOOLS
    ]
    names = [tool.name for tool in offered]
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def listed(_: ServerRequestContext[Any], __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=offered)

    async def called(_: ServerRequestContext[Any], asked: types.CallToolRequestParams) -> types.CallToolResult:
        if asked.name not in names:
            raise MCPError(
                types.INVALID_PARAMS,
                f"no tool `{asked.name[:60]}`{near(asked.name, names)}; there are {', '.join(names)}",
            )
        return await anyio.to_thread.run_sync(answered, asked.name, asked.arguments or {}, limiter=limit)

    return Server(
        "vram-kb", version=version("vram-kb"), instructions=skill(), on_list_tools=listed, on_call_tool=called
    )


def answered(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
    """The result of a call as text for a model and as an object for a program, or the line that says what is wrong."""
    try:
        _, whole = call(name, arguments)
    except Exception as error:  # a defect of one tool is no end of the session
        return _result(refusal(name, error), is_error=True)
    kept = json.loads(json.dumps(told(whole, DERIVED), default=float))
    return _result(as_text(kept), structured_content=kept)


def _result(text: str, **more: Any) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], **more)


def _schema(tool: Any) -> dict[str, Any]:
    schema: dict[str, Any] = tool.args_schema
    return schema


def serve_stdio() -> None:
    """Serve one client on stdin and stdout until it closes them; stdout carries the protocol and nothing else."""

    async def run() -> None:
        made = server()
        async with stdio_server() as (heard, said):
            await made.run(heard, said, made.create_initialization_options())

    # the thread that reads stdin cannot be woken: Ctrl+C ends the process, or it would wait for one more line
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(run)


def serve_http(port: int) -> None:
    """Serve this machine's clients at /mcp; port 0 takes any that is free. BadInput when the port is taken."""
    import uvicorn

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((HOST, port))
        except OSError:
            raise BadInput(f"cannot serve on {HOST}:{port}; try another --port (0 takes any that is free)") from None
        taken.listen()  # before its address is told
        print(f"http://{HOST}:{taken.getsockname()[1]}/mcp (Ctrl+C ends it)", flush=True)
        config = uvicorn.Config(server().streamable_http_app(host=HOST), log_level="warning")
        uvicorn.Server(config).run(sockets=[taken])
