"""What differs between two verdicts of one person, requirement by requirement."""

from dataclasses import dataclass

from lms.rules.verdict import Row, State, Verdict


@dataclass(frozen=True, slots=True)
class RowEffect:
    """One requirement: its row before and after, None where a version does not ask it."""

    before: Row | None
    after: Row | None

    @property
    def label(self) -> str:
        """Return what the requirement is called, by the newer version where it asks it."""
        row = self.after or self.before
        return row.label if row else ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change for a person: the whole before and after, and each row that differs.

    Edge: a row differs where its state or what it needs does, whatever becomes of the whole.
    """

    before: State
    after: State
    rows: tuple[RowEffect, ...]

    @property
    def is_change(self) -> bool:
        """Say whether anything would change."""
        return self.before is not self.after or bool(self.rows)


def effect_between(before: Verdict, after: Verdict) -> Effect:
    """Return what differs between a person's verdicts under two versions, the newer's order first.

    Edge: requirements are told apart by their ids.
    """
    old = {row.id: row for row in before.rows[1:]}
    new = {row.id: row for row in after.rows[1:]}
    order = dict.fromkeys([*new, *old])
    pairs = (RowEffect(old.get(key), new.get(key)) for key in order)
    return Effect(before.state, after.state, tuple(pair for pair in pairs if _differs(pair)))


def _differs(pair: RowEffect) -> bool:
    before, after = pair.before, pair.after
    if before is None or after is None:
        return True
    is_same = before.state is after.state and before.tally.need == after.tally.need
    return not (is_same and before.severity == after.severity)
