"""The routes of the driver API: an action for a verb and a path; every refusal is {"error": sentence} with a 4xx."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.answers import Json
from bot.sandbox.people import Refused

Action: TypeAlias = Callable[[Request], Awaitable[Any]]


def routes_of(table: Iterable[tuple[str, str, Action]]) -> list[Route]:
    """Of rows (verb, path, action). What is under /api and in no row is answered with 404."""
    actions: dict[str, dict[str, Action]] = {}
    for verb, path, action in table:
        actions.setdefault(path, {})[verb] = action
    made = [Route(path, _endpoint(of_path), methods=list(of_path)) for path, of_path in actions.items()]
    return [*made, Route("/api/{path:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]


def _endpoint(actions: Mapping[str, Action]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        action = actions.get(request.method) or actions["GET"]
        try:
            result = await action(request)
        except Refused as refused:
            return Json({"error": str(refused)}, status_code=refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return result if isinstance(result, Response) else Json(result)

    return endpoint


async def _nothing(request: Request) -> Response:
    return Json({"error": f"There is nothing under {request.url.path}."}, status_code=404)
