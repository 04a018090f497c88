"""Reading figures for authors: how long a text is and, roughly, how hard to read."""

import re

_SENTENCE = re.compile(r"[.!?…]+[\"'”’)]*(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouyà-ÿ]+")


def count_words(text: str) -> int:
    """Return how many words a plain text has."""
    return len(_WORD.findall(text))


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a plain English text, to one decimal; 0 for no words.

    Units:  years of school: 6 is about eleven years old.
    Source: Kincaid et al. 1975, the constants 0.39, 11.8 and 15.59; syllables are estimated.
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    syllables = sum(_syllables(word) for word in words)
    return round(0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59, 1)


def _syllables(word: str) -> int:
    """Return the groups of vowels, without a silent ending."""
    lower = word.lower()
    groups = len(_VOWELS.findall(lower))
    silent = lower.endswith("e") and not lower.endswith(("le", "ee"))
    silent = silent or (lower.endswith("ed") and not lower.endswith(("ted", "ded")))
    return max(1, groups - silent)
