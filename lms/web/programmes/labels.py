"""What the figures, choices and lines of a programme are called, and how they are typed."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.rules.programmes import documents, evidence, nodes, programme
from lms.rules.programmes.changing import ChangeRefusal, MoveRefusal
from lms.rules.programmes.figures import Figure, Sort
from lms.rules.programmes.quantities import is_to_be_set
from lms.web.filters import date_words
from lms.web.programmes.words import amount_words, plain_words
from lms.web.words import add_sentences

add_sentences(
    {
        ChangeRefusal.HAS_PROBLEMS: _l(
            "Something is still to be mended. Nothing was published; the list is on this page."
        ),
        ChangeRefusal.NO_NOTE: _l("Say in a few words what has changed."),
        ChangeRefusal.NO_REASON: _l("Say why, in a sentence or two."),
        ChangeRefusal.NOTHING_NEW: _l("This says the same as the version that is there already."),
        ChangeRefusal.CHANGED_MEANWHILE: _l(
            "Somebody changed this draft meanwhile. What stands there now is shown beside what you "
            "typed. Look at both, then send yours again."
        ),
        ChangeRefusal.PUBLISHED_MEANWHILE: _l(
            "Another version was published since this draft was begun. Look at both first."
        ),
        ChangeRefusal.NOT_CURRENT: _l("This is not the version that counts now."),
        ChangeRefusal.WITHDRAWN_ALREADY: _l("This version was withdrawn already."),
        ChangeRefusal.EXAMPLE: _l(
            "An example stays as it is. Make a copy of your own, and change that."
        ),
        ChangeRefusal.NAME_ODD: _l(
            "Use small letters a to z, digits and hyphens, such as our-programme."
        ),
        ChangeRefusal.NAME_TAKEN: _l("This id is taken. Choose another one."),
        ChangeRefusal.DRAFT_THERE: _l("There is a draft already. Publish it or drop it first."),
        ChangeRefusal.TOO_LONG: _l("This is too long."),
        MoveRefusal.NO_REASON: _l("Say why, in a sentence or two."),
        MoveRefusal.THERE_ALREADY: _l("This person is on that version already."),
        MoveRefusal.PLACE_CLOSED: _l(
            "This place is complete or was given up, so it keeps its version."
        ),
        MoveRefusal.OWN_PLACE: _l("This is your own place. Another coordinator moves you."),
        MoveRefusal.VERSION_WITHDRAWN: _l("This version was withdrawn. Nobody is moved to it."),
        MoveRefusal.VERSION_NOT_OPEN: _l(
            "Nobody can be enrolled under this version yet, so nobody is moved to it."
        ),
        MoveRefusal.CHANGED_MEANWHILE: _l(
            "Somebody moved this to another version meanwhile. Look at it again."
        ),
        MoveRefusal.NOBODY: _l("Everybody here is on that version already."),
    }
)

AT_LEAST, AT_MOST = _l("At least"), _l("At most")
FIGURES: dict[tuple[type, str], Any] = {
    (nodes.Requirement, "severity"): _l("How much it weighs"),
    (nodes.AtLeast, "count"): _l("How many are needed"),
    (nodes.Sequence, "earlier_counts"): _l("Does what was done before a step opened count?"),
    (nodes.When, "if_unknown"): _l("Where nobody has recorded the fact"),
    (nodes.Completions, "at_least"): _l("How many of the modules; empty for all"),
    (nodes.Completions, "min_credits"): _l("Credits needed"),
    (nodes.Completions, "credits"): _l("Credits"),
    (nodes.Completions, "since_version"): _l("From which version on"),
    (nodes.Sum, "min"): AT_LEAST,
    (nodes.Sum, "max"): AT_MOST,
    (nodes.Count, "min"): _l("How many are needed"),
    (nodes.Share, "min"): AT_LEAST,
    (nodes.Share, "max"): AT_MOST,
    (nodes.Cadence, "times"): _l("How many in each stretch"),
    (nodes.Cadence, "every"): _l("Length of a stretch"),
    (nodes.Cadence, "tolerate"): _l("How many stretches may lack it"),
    (nodes.Ratio, "give"): _l("So much is needed"),
    (nodes.Ratio, "per"): _l("for every so much"),
    (nodes.Gap, "max"): _l("Longest stretch without"),
    (nodes.Span, "min"): AT_LEAST,
    (nodes.Span, "max"): AT_MOST,
    (nodes.Document, "count"): _l("How many papers"),
    (nodes.Document, "max_age"): _l("Not older than"),
    (nodes.Document, "known_for"): _l("How long the writer has known the person"),
    (nodes.Document, "signers"): _l("How many sign each"),
    (nodes.Document, "different_signers"): _l("Must each be signed by somebody else?"),
    (nodes.Score, "combined"): _l("Mean of all parts, at least"),
    (nodes.RubricStandard, "performances"): _l("How many role-plays at standard"),
    (nodes.RubricStandard, "percent"): _l("Share of the points, at least"),
    (nodes.RubricStandard, "max_level"): _l("Highest level of the scale"),
    (nodes.RubricStandard, "floor"): _l("Lowest level for every competency"),
    (nodes.RubricStandard, "floors"): _l("Lowest level for one competency"),
    (nodes.RubricStandard, "cover"): _l("To be shown once at this level"),
    (nodes.RubricStandard, "different"): _l("Must each be on another scenario?"),
    (nodes.RubricStandard, "markers"): _l("How many markers look at each"),
    (nodes.RubricStandard, "sample"): _l("Share of role-plays that so many markers look at"),
    (nodes.RubricStandard, "settle_above"): _l("Settled by a person where levels differ by more"),
    (nodes.DecisionBy, "due"): _l("To be decided within"),
    (nodes.HoldsCertificate, "in_date"): _l("Must it be in date?"),
    (nodes.Substitute, "give"): _l("So much of other hours"),
    (nodes.Substitute, "get"): _l("stands in for so much"),
    (nodes.Substitute, "cap"): _l("At most so much is replaced"),
    (evidence.Window, "last"): _l("Only from the last"),
    (evidence.Window, "length"): _l("Only for so long from the first day on"),
    (evidence.Hours, "steps_of"): _l("Counted in steps of"),
    (evidence.ApprovedProvider, "since"): _l("Provider counts from this day"),
    (evidence.ApprovedProvider, "until"): _l("Provider counts until this day"),
    (evidence.EligibleSupervisor, "hours_practised"): _l("Hours the supervisor has practised"),
    (evidence.EligibleSupervisor, "held_for"): _l("How long the credential was held"),
    (evidence.EligibleSupervisor, "until"): _l("This way of supervising is open until"),
    (evidence.Acceptance, "confirmed"): _l("Must an entry be confirmed to count?"),
    (evidence.Acceptance, "assurance"): _l("The confirmation is at least"),
    (evidence.Acceptance, "plan"): _l("Must a supervision plan be in force?"),
    (evidence.Acceptance, "each_at_least"): _l("Shortest entry that counts"),
    (evidence.Acceptance, "repeats"): _l("May the same topic count again?"),
    (evidence.HoursPart, "min"): AT_LEAST,
    (evidence.HoursPart, "cap"): _l("At most so much counts"),
    (evidence.HoursPart, "inside"): _l("Is it inside the whole, rather than on top of it?"),
    (evidence.HoursPart, "severity"): _l("How much it weighs"),
    (evidence.PartMark, "min"): _l("Mark, at least"),
    (evidence.PartMark, "weight"): _l("Weight in the mean"),
    (evidence.AttemptsPolicy, "limit"): _l("How many tries; 0 for as many as it takes"),
    (evidence.AttemptsPolicy, "wait"): _l("Time between two tries"),
    (evidence.Condition, "at_least"): AT_LEAST,
    (evidence.Condition, "at_most"): AT_MOST,
    (evidence.Condition, "on_or_after"): _l("From this day on"),
    (evidence.Condition, "before"): _l("Before this day"),
    (evidence.Condition, "drawn"): _l("Share that is drawn by lot"),
    (evidence.Waivable, "until"): _l("May be set aside until"),
    (programme.Programme, "complete_within"): _l("How long the training may take"),
    (programme.Validity, "months"): _l("How many months the certificate lasts; 0 for no end"),
    (programme.Validity, "anchor"): _l("What the months count from"),
    (programme.FixedDay, "month"): _l("Month in which all end, 1 to 12"),
    (programme.FixedDay, "day"): _l("Day on which all end"),
    (programme.FixedDay, "years"): _l("In which years"),
    (programme.Renewal, "opens"): _l("Renewal opens so long before the end"),
    (programme.Renewal, "grace"): _l("Time of grace after the end"),
    (programme.Renewal, "late"): _l("Taken late for so long after the end"),
    (programme.Renewal, "terms"): _l("How many terms at most"),
    (programme.Validity, "provisional"): _l("A first certificate, for a time"),
    (programme.DueProcess, "answer"): _l("Time to answer before it is revoked"),
    (programme.Renewal, "reinstate"): _l("Can be brought back for so long"),
    (programme.Keeping, "training"): _l("Papers on training are kept for"),
    (programme.Keeping, "practice"): _l("Papers on practice are kept for"),
    (programme.Keeping, "supervision"): _l("Papers on supervision are kept for"),
    (programme.Keeping, "continuing_education"): _l("Papers on further learning are kept for"),
    (programme.Keeping, "documents"): _l("Other papers are kept for"),
    (documents.CertificateWords, "document"): _l("What the certificate says"),
    (programme.Gates, "unsigned_lessons"): _l("Wait for the review of lessons on safety and law?"),
    (programme.AppealClock, "ask_within"): _l("Another look can be asked for within"),
    (programme.AppealClock, "decide_within"): _l("The answer is due within"),
    (programme.Gates, "overdue_pack"): _l("Wait where the local list is overdue?"),
}
CHOICES: dict[str, Any] = {
    "required": _l("Required: the certificate waits for it"),
    "recommended": _l("Recommended: it holds nothing up"),
    "credential": _l("That every requirement was met"),
    "training": _l("That a training was completed"),
    "on": _l("Yes, wait"),
    "off": _l("No, do not wait"),
    "ask": _l("A person looks"),
    "then": _l("It is taken to be so"),
    "otherwise": _l("It is taken not to be so"),
    "issued": _l("The day it is issued"),
    "month-start": _l("The first day of that month"),
    "month-end": _l("The end of a month"),
    "year-end": _l("The end of a calendar year"),
    "fixed-day": _l("One day on which all end together"),
    "latest": _l("The latest of several certificates"),
    "every": _l("Every year"),
    "odd": _l("Odd years"),
    "even": _l("Even years"),
    "": _l("Any kind of confirmation"),
    "yes": _l("Yes"),
    "no": _l("No"),
}
HINTS: dict[Sort, Any] = {
    Sort.TIME: _l("A time with its unit, such as 46 h or 90 min."),
    Sort.TIME_OR_SHARE: _l("A time such as 10 h, or a share such as 50 %."),
    Sort.STRETCH: _l("A stretch of days, weeks, months or years, such as 90 days or 2 years."),
    Sort.TIME_OR_STRETCH: _l("A time such as 40 h, or a stretch such as 45 days."),
    Sort.NUMBER: _l("A whole number."),
    Sort.LEVEL: _l("A whole number."),
    Sort.PERCENT: _l("A percentage from 0 to 100, such as 70 %."),
    Sort.DAY: _l("A day."),
}
"""How a figure is typed; the same words say what is wrong with one that cannot be read."""

LINES: dict[str, Any] = {
    "label": _l("Its name"),
    "noun": _l("How it reads in a sentence"),
    "help": _l("The words for trainees"),
    "source": _l("Source"),
    "checked_on": _l("Read there on"),
    "effective_from": _l("Holds since"),
    "title": _l("Title"),
    "version": _l("Name of the version"),
    "under": _l("Stands in"),
}


def figure_label(figure: Figure) -> str:
    """Return what a figure is called, with the part that it belongs to."""
    words = str(FIGURES[figure.owner, figure.name])
    is_label = " " in figure.about or figure.about[:1].isupper()
    about = figure.about if is_label else plain_words(figure.about)
    return f"{about}: {words}" if about else words


def choice_words(name: str) -> str:
    """Return what may be chosen, in words."""
    found = CHOICES.get(name)
    return plain_words(name) if found is None else str(found)


def figure_words(figure: Figure | None) -> Any:
    """Return what a figure is, in words; of one that is left out, so."""
    if figure is None or figure.value is None or figure.value == "":
        return CHOICES[""] if figure and figure.name == "assurance" else _("not asked")
    if figure.sort is Sort.SWITCH:
        return CHOICES["yes" if figure.value else "no"]
    if figure.sort is Sort.CHOICE:
        return choice_words(str(figure.value))
    if figure.sort is Sort.DAY:
        return date_words(figure.value)
    return amount_words(figure.sort, figure.value)


def written(figure: Figure) -> str:
    """Return a figure as it is typed in a form."""
    if figure.value is None:
        return ""
    if figure.sort is Sort.SWITCH:
        return "yes" if figure.value else "no"
    return "" if is_to_be_set(figure.value) else str(figure.value)
