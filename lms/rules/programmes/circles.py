"""Programmes that ask for each other's certificate first, so that nobody could ever have one."""

from collections.abc import Iterator, Mapping
from typing import Any

from lms.rules.programmes import nodes
from lms.rules.programmes.programme import Programme

Path = tuple[str | int, ...]


def circles_in(programmes: Mapping[str, Programme]) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """Yield each programme that nobody could ever complete, where it asks, and for which others.

    Edge: another way, a waiver, or a certificate from elsewhere opens a circle; a programme that
          asks for its own certificate is not looked for here.
    """
    shut = dict(programmes)
    while True:
        opened = [
            name for name, one in shut.items() if _all_open(one.requirements, {*shut} - {name})
        ]
        if not opened:
            break
        for name in opened:
            del shut[name]
    for name, programme in shut.items():
        others = {*shut} - {name}
        for path, node in _walk(programme.requirements, ("requirements",)):
            if isinstance(node, nodes.HoldsCertificate) and not _is_open(node, others):
                yield name, (*path, "programmes"), node.programmes


def _all_open(children: tuple[nodes.Node, ...], shut: set[str]) -> bool:
    return all(_is_open(child, shut) for child in children)


def _is_open(node: nodes.Node, shut: set[str]) -> bool:
    """Return whether somebody could meet a requirement without the certificates in `shut`."""
    if node.severity == "recommended" or node.waivable is not None:
        return True
    if isinstance(node, nodes.HoldsCertificate):
        return not set(node.programmes) <= shut
    if isinstance(node, nodes.All | nodes.Sequence):
        return _all_open(node.of, shut)
    if isinstance(node, nodes.AnyOf | nodes.AtLeast):
        ways = [_is_open(child, shut) for child in node.of if child.severity == "required"]
        count = getattr(node, "count", 1)
        return sum(ways) >= (count if isinstance(count, int) else 1) or not ways
    if isinstance(node, nodes.When):
        return node.otherwise is None or _is_open(node.then, shut) or _is_open(node.otherwise, shut)
    return True


def _walk(children: tuple[Any, ...], path: Path) -> Iterator[tuple[Path, Any]]:
    for number, child in enumerate(children):
        yield from _walk_one(child, (*path, number))


def _walk_one(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, node
    yield from _walk(getattr(node, "of", ()), (*path, "of"))
    for key in ("then", "otherwise"):
        if getattr(node, key, None) is not None:
            yield from _walk_one(getattr(node, key), (*path, key))
