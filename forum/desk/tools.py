"""Tools that an app offers above the forms of an app below it, which must not know it."""

from collections import defaultdict
from collections.abc import Callable

from django.db.models import Model

PROVIDERS: dict[type[Model], list[Callable]] = defaultdict(list)


def offers_tools(model: type[Model]):
    """Decorator for a function `(request, thing) -> list[Tool]`, called for every form of a stored thing."""

    def register(provide):
        PROVIDERS[model].append(provide)
        return provide

    return register
