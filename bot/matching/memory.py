"""Methods that remember what they have answered, and can be handed to another process without their memories."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakMethod

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Remembering(Generic[Asked, Answer]):
    """The same as the method, which is asked once for the latest `most` sets of arguments (all hashable)."""

    __slots__ = ("_ask", "_method", "_most")

    def __init__(self, method: Callable[Asked, Answer], most: int) -> None:
        # Weakly, since its owner holds us: in a circle, nothing would free a large index but a long collection.
        self._method = WeakMethod(method)
        self._most = most
        self._ask: Callable[..., Answer] = lru_cache(maxsize=most)(self._think)

    def _think(self, *args: Any) -> Answer:
        method: Callable[..., Answer] | None = self._method()
        assert method is not None, "its owner is gone"
        return method(*args)

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        return self._ask(*args)

    def __reduce__(self) -> tuple[Any, ...]:
        return Remembering, (self._method(), self._most)
