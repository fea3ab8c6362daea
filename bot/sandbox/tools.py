"""The Linear-shaped MCP server, made with the official SDK. Importing this takes a second."""

from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

from bot.sandbox import issues
from bot.sandbox.issues import UnknownTeam
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

KEY = "harbor/key"
Context: TypeAlias = ServerRequestContext[Any]  # Any: this server keeps no state per connection

_STRING: Json = {"type": "string"}
TOOLS = [
    Tool(
        name="save_issue",
        description="File an issue. The same key in _meta returns the issue filed before.",
        input_schema={
            "type": "object",
            "properties": {
                "title": _STRING | {"minLength": 1, "description": "what to do, in one line"},
                "team": _STRING | {"description": "OPS or ENG"},
                "description": _STRING | {"description": "more, as Markdown"},
            },
            "required": ["title", "team"],
            "additionalProperties": False,
        },
    ),
    Tool(
        name="list_issues",
        description="List filed issues, the newest first.",
        input_schema={
            "type": "object",
            "properties": {"team": _STRING, "limit": {"type": "integer", "minimum": 1}},
            "additionalProperties": False,
        },
    ),
]


def manager(
    workspace: Workspace, note: Callable[[str, Json], None]
) -> StreamableHTTPSessionManager:
    """Make the streamable HTTP side: no sessions, plain JSON answers.

    *note* is told of each tool call, with its arguments.
    """

    async def list_tools(
        context: Context, parameters: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=TOOLS)

    async def call_tool(context: Context, parameters: CallToolRequestParams) -> CallToolResult:
        arguments = parameters.arguments or {}
        note(parameters.name, arguments)
        return call(workspace, parameters.name, arguments, _key(context))

    server = Server("sandbox-linear", version="1", on_list_tools=list_tools, on_call_tool=call_tool)
    return StreamableHTTPSessionManager(server, json_response=True, stateless=True)


def _key(context: Context) -> str | None:
    key = (context.meta or {}).get(KEY)
    return key if isinstance(key, str) and key else None


def call(workspace: Workspace, tool: str, arguments: Json, key: str | None) -> CallToolResult:
    match tool:
        case "save_issue":
            return _save(workspace, arguments, key)
        case "list_issues":
            return _list(workspace, arguments)
        case _:
            names = ", ".join(each.name for each in TOOLS)
            return refused(f"no tool {tool!r}; tools: {names}")


def _save(workspace: Workspace, arguments: Json, key: str | None) -> CallToolResult:
    earlier = issues.known(workspace.issues, key)
    if earlier is not None:
        return _answered(earlier.as_linear())
    title, team = arguments.get("title"), arguments.get("team")
    if not isinstance(title, str) or not title.strip() or not isinstance(team, str):
        return refused("save_issue needs a title and a team")
    try:
        issue = issues.drafted(
            workspace.issues,
            title=title,
            team=team,
            description=arguments.get("description"),
            key=key,
            site=workspace.url,
            now=workspace.now(),
        )
    except UnknownTeam as error:
        return refused(str(error))
    workspace.put_issue(issue)
    return _answered(issue.as_linear())


def _list(workspace: Workspace, arguments: Json) -> CallToolResult:
    team = arguments.get("team")
    found = [each for each in reversed(workspace.issues) if team in (None, each.team)]
    return _answered({"issues": [each.as_linear() for each in found[: arguments.get("limit", 50)]]})


def _answered(content: Json) -> CallToolResult:
    text = TextContent(type="text", text=orjson.dumps(content).decode())
    return CallToolResult(content=[text], structured_content=content)


def refused(message: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=message)], is_error=True)
