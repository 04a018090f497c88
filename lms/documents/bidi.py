"""Which way each character of a line runs: the Unicode bidirectional algorithm for plain text.

Source: Unicode Standard Annex 9, rules P2-P3, W1-W7, N0-N2, I1-I2, L1-L2. The explicit marks of
rules X1-X10 never arrive here: they are taken out of the text, and each field is set on its own,
which isolates it.
"""

from collections.abc import Iterator, Sequence
from unicodedata import bidirectional

_OPENING = "([{\u2045\u207d\u208d\u27e8\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff3b\uff5b"
_CLOSING = ")]}\u2046\u207e\u208e\u27e9\u3009\u300b\u300d\u300f\u3011\u3015\uff09\uff3d\uff5d"
_CLOSED_BY = dict(zip(_OPENING, _CLOSING, strict=True))
_STRONG = {"L": "L", "R": "R", "AL": "R"}
_STRONG_HERE = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
_TURNING = frozenset({"R", "AL", "AN"})
_NEUTRAL = frozenset({"ON", "WS", "B", "S"})
_SEPARATORS = frozenset({"ES", "CS"})
_UNHELPED = frozenset({"ES", "CS", "ET"})
_DEEPEST_BRACKET = 63


def base_level(text: str, default: int = 0) -> int:
    """Return 0 if the first letter runs left to right, 1 if right to left, else `default`."""
    for character in text:
        if direction := _STRONG.get(bidirectional(character)):
            return int(direction == "R")
    return default


def levels_of(text: str, base: int) -> list[int]:
    """Return the level of each character: even runs left to right, odd right to left."""
    if not base and not any(bidirectional(character) in _TURNING for character in text):
        return [0] * len(text)
    kept = [place for place, c in enumerate(text) if bidirectional(c) != "BN"]
    classes = [bidirectional(text[place]) or "L" for place in kept]
    around = "LR"[base]
    marks = [bidi_class == "NSM" for bidi_class in classes]
    _resolve_weak(classes, around)
    _resolve_brackets([text[place] for place in kept], classes, marks, around)
    _resolve_neutral(classes, around)
    levels = [base] * len(text)
    for place, bidi_class in zip(kept, classes, strict=True):
        levels[place] = _level(bidi_class, base)
    return _with_joiners(text, levels)


def _level(bidi_class: str, base: int) -> int:
    if bidi_class == "L":
        return base + base % 2
    return base + 1 - base % 2 if bidi_class == "R" else base + 2 - base % 2


def _with_joiners(text: str, levels: list[int]) -> list[int]:
    for place, character in enumerate(text):
        if place and bidirectional(character) == "BN":
            levels[place] = levels[place - 1]
    return levels


def _resolve_weak(classes: list[str], around: str) -> None:
    _resolve_marks_and_numbers(classes, around)
    _resolve_separators(classes)
    strong = around
    for place, bidi_class in enumerate(classes):  # W6, W7
        if bidi_class in _UNHELPED:
            classes[place] = "ON"
        elif bidi_class == "EN" and strong == "L":
            classes[place] = "L"
        elif bidi_class in ("L", "R"):
            strong = bidi_class


def _resolve_marks_and_numbers(classes: list[str], around: str) -> None:
    before, strong = around, around
    for place, bidi_class in enumerate(classes):  # W1, W2, W3
        found = before if bidi_class == "NSM" else bidi_class
        before = found
        if found in ("L", "R", "AL"):
            strong = found
        if found == "EN" and strong == "AL":
            found = "AN"
        classes[place] = "R" if found == "AL" else found


def _resolve_separators(classes: list[str]) -> None:
    for place in range(1, len(classes) - 1):  # W4
        before, after = classes[place - 1], classes[place + 1]
        joins = "CS" if before == "AN" else "ES CS"
        if before == after and before in ("EN", "AN") and classes[place] in joins.split():
            classes[place] = before
    for start, end in _stretches(classes, frozenset({"ET"})):  # W5
        if "EN" in (*classes[max(0, start - 1) : start], *classes[end : end + 1]):
            classes[start:end] = ["EN"] * (end - start)


def _stretches(classes: Sequence[str], kinds: frozenset[str]) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(classes):
        end = start
        while end < len(classes) and classes[end] in kinds:
            end += 1
        if end > start:
            yield start, end
        start = max(end, start + 1)


def _resolve_brackets(
    characters: Sequence[str], classes: list[str], marks: Sequence[bool], around: str
) -> None:
    for opening, closing in _bracket_pairs(characters, classes):  # N0
        inside = {_STRONG_HERE.get(kind) for kind in classes[opening + 1 : closing]} - {None}
        if not inside:
            continue
        before = (_STRONG_HERE.get(kind) for kind in reversed(classes[:opening]))
        context = next(filter(None, before), around)
        found = around if around in inside else context
        for place in (opening, closing):
            classes[place] = found
            while place + 1 < len(marks) and marks[place + 1]:
                place += 1
                classes[place] = found


def _bracket_pairs(characters: Sequence[str], classes: Sequence[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs = []
    for place, character in enumerate(characters):
        if classes[place] != "ON":
            continue
        if character in _CLOSED_BY:
            if len(waiting) == _DEEPEST_BRACKET:
                return []
            waiting.append((_CLOSED_BY[character], place))
        elif depth := _depth_of(character, waiting):
            pairs.append((waiting[-depth][1], place))
            del waiting[-depth:]
    return sorted(pairs)


def _depth_of(character: str, waiting: Sequence[tuple[str, int]]) -> int:
    for depth, (closing, _) in enumerate(reversed(waiting), start=1):
        if closing == character:
            return depth
    return 0


def _resolve_neutral(classes: list[str], around: str) -> None:
    for start, end in _stretches(classes, _NEUTRAL):  # N1, N2
        before = _STRONG_HERE[classes[start - 1]] if start else around
        after = _STRONG_HERE[classes[end]] if end < len(classes) else around
        classes[start:end] = [before if before == after else around] * (end - start)


def visual_runs(levels: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (start, end, level) of each run of one level, in the order they stand on the line."""
    runs: list[tuple[int, int, int]] = []
    for place, level in enumerate(levels):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], place + 1, level)
        else:
            runs.append((place, place + 1, level))
    for lowest in range(max(levels, default=0), 0, -1):  # L2
        kinds = ["turned" if level >= lowest else "kept" for _, _, level in runs]
        for start, end in _stretches(kinds, frozenset({"turned"})):
            runs[start:end] = runs[start:end][::-1]
    return runs
