"""Typed dicts as pydantic takes them before Python 3.12: those of `typing_extensions`."""

import types
from functools import reduce
from operator import or_
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import typing_extensions


def extended(annotation: Any) -> Any:
    """Answer an annotation in which every `typing.TypedDict` is one of `typing_extensions`."""
    if is_typeddict(annotation) and type(annotation).__module__ == "typing":
        return _extended_dict(annotation)
    arguments = get_args(annotation)
    made = tuple(extended(each) for each in arguments)
    if all(one is other for one, other in zip(arguments, made, strict=True)):
        return annotation
    if isinstance(annotation, types.UnionType):
        return reduce(or_, made)
    if hasattr(annotation, "copy_with"):
        return annotation.copy_with(made)
    return get_origin(annotation)[made]


def _extended_dict(cls: Any) -> Any:
    fields = {
        name: typing_extensions.Required[extended(hint)]
        if name in cls.__required_keys__
        else typing_extensions.NotRequired[extended(hint)]
        for name, hint in get_type_hints(cls, include_extras=False).items()
    }
    make: Any = typing_extensions.TypedDict
    return make(cls.__name__, fields)
