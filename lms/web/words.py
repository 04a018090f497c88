"""Reasons turned into sentences for people; one place, so that a reason always has one."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms.rules.account import AddressRefusal, OwnPasswordRefusal
from lms.rules.certificates import (
    ApprovalRefusal,
    CodeFault,
    DayFault,
    EraseRefusal,
    EventRefusal,
    IssueRefusal,
    NewEditionRefusal,
    RenewRefusal,
    RunRefusal,
    WishRefusal,
)
from lms.rules.cohorts import (
    AdmitRefusal,
    AssignmentKind,
    AssignRefusal,
    EnrolmentState,
    OpenRefusal,
    PracticeHold,
    StepRefusal,
    WaitingLesson,
)
from lms.rules.hours import HoursRefusal
from lms.rules.people import TRAINEE, EntryRefusal, RoleRefusal, RowProblem
from lms.rules.readiness import DecisionRefusal
from lms.rules.roles import Role
from lms.rules.signin import LinkRefusal, PasswordRefusal, SigninRefusal
from lms.services.errors import RefusedError
from lms.services.gates import UnsignedError

NAMED_LESSONS = 3

SENTENCES: dict[StrEnum, Any] = {
    PasswordRefusal.TOO_SHORT: _l("Use at least 15 characters. Three or four words work well."),
    PasswordRefusal.TOO_LONG: _l("Use at most 256 characters."),
    PasswordRefusal.COMMON: _l("Many people use this one, so it is easy to guess. Choose another."),
    PasswordRefusal.ABOUT_YOU: _l("Do not use your own name or address as the password."),
    PasswordRefusal.ONE_CHARACTER: _l("Use more different characters."),
    LinkRefusal.UNKNOWN: _l("This link is not one of ours. Check that you have the whole of it."),
    LinkRefusal.EXPIRED: _l("This link is too old. Ask for a new one."),
    LinkRefusal.USED: _l("This link has been used already. Try to sign in."),
    LinkRefusal.WITHDRAWN: _l("There is a newer link. Look for the last letter."),
    SigninRefusal.WRONG: _l("Address and password do not fit together. Try again."),
    EntryRefusal.ADDRESS_NOT_ONE: _l("This does not look like an e-mail address."),
    EntryRefusal.ALREADY_HERE: _l("This person already has an account here."),
    EntryRefusal.ADDRESS_TAKEN: _l(
        "This address already belongs to an account. Ask for an invitation to another address."
    ),
    EntryRefusal.ROLE_UNKNOWN: _l("Choose one of the roles."),
    EntryRefusal.NAME_TOO_LONG: _l("Use at most 300 characters for a name."),
    EntryRefusal.COHORT_CLOSED: _l("This cohort does not take new people."),
    StepRefusal.NOT_FROM_HERE: _l("This step is not open from where things stand now."),
    PracticeHold.PAUSED: _l("You stepped back. Come back with one button, whenever you like."),
    PracticeHold.NOT_ENROLLED: _l("This opens when you have a place in a cohort."),
    PracticeHold.UNSIGNED: _l("This opens when you have signed the agreements."),
    PracticeHold.NO_CONTACT: _l(
        "This opens when your organisation has entered whom you can turn to. "
        "That is not your doing, and nothing of yours is lost."
    ),
    HoursRefusal.NO_MINUTES: _l("Say how long it was."),
    HoursRefusal.TOO_MANY_MINUTES: _l("One entry holds at most 24 hours."),
    HoursRefusal.IN_THE_FUTURE: _l("This day is still to come. Log it when it has taken place."),
    HoursRefusal.BEFORE_ADMISSION: _l("This day is before you joined the cohort."),
    HoursRefusal.SPLIT_DIFFERS: _l("The parts do not add up to the whole time."),
    HoursRefusal.GROUP_SIZE_MISSING: _l("Say how many were in the group."),
    HoursRefusal.NO_SUPERVISOR: _l("Choose your supervisor. If none is there, ask the office."),
    HoursRefusal.NOT_FROM_HERE: _l("This entry has moved on. Look at where it stands now."),
    HoursRefusal.ALREADY_CORRECTED: _l("This entry has a correction already."),
    HoursRefusal.NOTE_MISSING: _l("Write a short note, so that the other knows why."),
    HoursRefusal.CHANGED: _l("This entry was changed meanwhile. Look at it again."),
    HoursRefusal.UNREADABLE: _l(
        "The words of this entry cannot be opened just now, so nobody can sign them. "
        "Ask for a new entry, or tell the office."
    ),
    DecisionRefusal.OWN_RECORD: _l("This is your own record. Somebody else decides here."),
    DecisionRefusal.REASONS_MISSING: _l("Write the reasons in a sentence or two."),
    DecisionRefusal.TOO_FEW_SOURCES: _l("Rest it on two sources or more. No score decides alone."),
    DecisionRefusal.NOT_ASKED: _l("This programme does not ask for such a decision."),
    DecisionRefusal.NOT_WAIVABLE: _l("This programme lets nobody set this requirement aside."),
    DecisionRefusal.ALREADY_WAIVED: _l("This requirement is set aside already."),
    CodeFault.EMPTY: _l("Write the code, or paste the address that came with it."),
    CodeFault.WRONG_CHARACTERS: _l(
        "There is a sign in it that no code has. A code is made of digits and letters."
    ),
    CodeFault.TOO_SHORT: _l("This is too short. A code has 27 characters, in groups of three."),
    CodeFault.TOO_LONG: _l("This is too long. A code has 27 characters, in groups of three."),
    CodeFault.CHECK_DIFFERS: _l(
        "One of the characters differs from what was printed. Compare them group by group."
    ),
    IssueRefusal.VERDICT_NOT_MET: _l("Not every requirement is met yet."),
    IssueRefusal.ALREADY_ISSUED: _l("This certificate was issued already. Here it is."),
    IssueRefusal.SCOPE_MISSING: _l("The programme does not say yet what the certificate covers."),
    IssueRefusal.PACK_OVERDUE: _l("The rules of this place are due to be looked at again first."),
    IssueRefusal.OWN_CERTIFICATE: _l("This would be your own. Another coordinator issues it."),
    IssueRefusal.ONLY_MARKER: _l(
        "You alone marked the role-plays. Another coordinator issues this one."
    ),
    IssueRefusal.ONLY_CONFIRMER: _l(
        "You alone confirmed the hours. Another coordinator issues this one."
    ),
    IssueRefusal.PLACE_NOT_OPEN: _l(
        "This place is paused or was given up. When the person is back, you can issue it."
    ),
    IssueRefusal.NAME_CHANGED: _l("The name was changed meanwhile. Read it again, then issue."),
    IssueRefusal.NAME_NOT_PRINTABLE: _l(
        "Some characters cannot be printed here yet, so nothing was issued. "
        "The administrator can add a font for:"
    ),
    IssueRefusal.WORDS_DO_NOT_FIT: _l(
        "The words do not fit on one page. Ask the person for a shorter form of the name."
    ),
    IssueRefusal.TRAINING_NOT_MET: _l("The training that this states is not complete yet."),
    IssueRefusal.NOTHING_TO_STATE: _l(
        "Nothing is on record yet that this could state: no module and no confirmed hours."
    ),
    IssueRefusal.CHOICE_CHANGED: _l(
        "The person changed meanwhile which lines are printed. Read it again, then issue."
    ),
    IssueRefusal.SECOND_MISSING: _l("A second coordinator approves each document here."),
    IssueRefusal.SECOND_IS_FIRST: _l("You proposed this one. Another coordinator approves it."),
    ApprovalRefusal.OWN_CERTIFICATE: _l("This would be your own. Other coordinators see to it."),
    ApprovalRefusal.OWN_PROPOSAL: _l("You proposed this one. Another coordinator approves it."),
    ApprovalRefusal.SETTLED: _l("Somebody has settled this by now. Here is what came of it."),
    ApprovalRefusal.REASON_MISSING: _l("Write the reason, so that the other knows why."),
    ApprovalRefusal.WAITS_ALREADY: _l("You proposed this one. It waits for a second coordinator."),
    ApprovalRefusal.ANOTHER_WAITS: _l(
        "Something else about this document waits for a second coordinator. Settle that first."
    ),
    ApprovalRefusal.NOTHING_WAITS: _l("This was no longer waiting for a second coordinator."),
    RunRefusal.NOBODY_CHOSEN: _l("Tick at least one person."),
    RunRefusal.STARTER_LEFT: _l(
        "Whoever began this is no coordinator here now, so nothing more is issued in their name. "
        "Begin a new one."
    ),
    EventRefusal.OWN_CERTIFICATE: _l("This is your own. Another coordinator decides about it."),
    EventRefusal.REASON_MISSING: _l("Write the reason. It stays between you and the person."),
    EventRefusal.IN_THE_FUTURE: _l("This day is still to come."),
    EventRefusal.BEFORE_ISSUE: _l("This day is before the certificate was issued."),
    EventRefusal.BEFORE_LAST_EVENT: _l("Something later is on record already."),
    EventRefusal.NOT_FROM_THIS_STATE: _l(
        "Where this certificate stands now, this step is not open. Look at what happened to it."
    ),
    EventRefusal.NOT_THE_HOLDER: _l("Only the person themselves can give it back."),
    EventRefusal.FOLLOWED: _l("It was renewed meanwhile. Decide about the newer one."),
    EventRefusal.UNTIL_NOT_LATER: _l("Choose a day that is still to come, or leave it empty."),
    EventRefusal.PROCESS_MISSING: _l(
        "This programme asks for all three days: when the person was told, until when they could "
        "answer, and when it was decided."
    ),
    EventRefusal.PROCESS_ORDER: _l(
        "The three days come one after the other: told, answer until, decided."
    ),
    EventRefusal.PROCESS_IN_THE_FUTURE: _l("This day is still to come. Revoke once it is decided."),
    EventRefusal.ANSWER_TOO_SHORT: _l("The programme gives the person more time to answer."),
    RenewRefusal.NOT_RENEWED_HERE: _l("This programme says nothing of renewing."),
    RenewRefusal.NO_END: _l("This certificate has no end, so there is nothing to renew."),
    RenewRefusal.ALREADY_RENEWED: _l("It was renewed already. Here is the newer one."),
    RenewRefusal.NOT_IN_FORCE: _l(
        "It is suspended, revoked, given back or replaced, so it is not renewed. "
        "Look at what happened to it."
    ),
    RenewRefusal.NOT_OPEN_YET: _l("The time to renew is still to come."),
    RenewRefusal.LAPSED: _l("The time to renew is over. It takes a new certificate."),
    RenewRefusal.NO_MORE: _l("This programme renews no further. It takes another certificate."),
    RenewRefusal.ERASED: _l("What it said was erased, so it is not renewed."),
    WishRefusal.NOT_THE_HOLDER: _l("Only the person themselves can ask for this."),
    WishRefusal.ASKED_ALREADY: _l("You have asked for this already. The office knows."),
    WishRefusal.ERASED_ALREADY: _l("What it said was erased already."),
    WishRefusal.NOT_REPLACED: _l("Where it stands now, no new document is made of it."),
    WishRefusal.SAME_NAME: _l("This name stands on it. Change the name in your account first."),
    EraseRefusal.OWN_CERTIFICATE: _l("This is your own. Another coordinator does this."),
    EraseRefusal.NOT_ASKED: _l("Make sure first that the person asked for it, then tick this."),
    EraseRefusal.ERASED_ALREADY: _l("What it said was erased already."),
    EraseRefusal.KEPT_STILL: _l(
        "The programme keeps the papers behind it still. Below you read until when."
    ),
    NewEditionRefusal.OWN_CERTIFICATE: _l("This is your own. Another coordinator makes it anew."),
    NewEditionRefusal.ERASED: _l("What it said was erased, so it is not made anew."),
    NewEditionRefusal.FOLLOWED: _l("It was renewed. Make the newer one anew."),
    NewEditionRefusal.NOT_FROM_THIS_STATE: _l("Where it stands now, it is not made anew."),
    NewEditionRefusal.SAME_NAME: _l(
        "This name stands on it already. The person can change it in their account."
    ),
    NewEditionRefusal.REASON_MISSING: _l("Write what was wrong. It stays between you and them."),
    DayFault.NOT_A_DAY: _l("Write a date that there is, such as 2026-11-21."),
    DayFault.STILL_TO_COME: _l("This day is still to come. Below is how it stands today."),
    RowProblem.ADDRESS_MISSING: _l("The address is missing."),
    RowProblem.ADDRESS_NOT_ONE: _l("This does not look like an e-mail address."),
    RowProblem.NAME_TOO_LONG: _l("The name is longer than 300 characters."),
    RowProblem.TWICE_IN_LIST: _l("The same address stands further up in the list."),
    RowProblem.ALREADY_HERE: _l("This person already has an account here."),
    RowProblem.ALREADY_INVITED: _l("This person has an open invitation."),
    RowProblem.TOO_MANY_COLUMNS: _l("This line has too many columns."),
    RowProblem.UNCLOSED_QUOTE: _l("A quotation mark is opened and not closed."),
    RowProblem.TOO_MANY_ROWS: _l(
        "Up to 2,000 people are read at a time. The list from this line on waits for the next time."
    ),
    RoleRefusal.OWN_ROLE: _l("Somebody else changes your roles, never you yourself."),
    RoleRefusal.NOT_YOURS: _l("This role is given by somebody else."),
    RoleRefusal.HELD_ALREADY: _l("This person has that role already."),
    RoleRefusal.NOT_HELD: _l("This person does not have that role any more."),
    OpenRefusal.PROGRAMME_UNKNOWN: _l("Choose one of the programmes."),
    OpenRefusal.EXAMPLE: _l(
        "An example of what another body asks: check with your board. It opens for nobody; "
        "make a copy of your own under Programmes, and set your figures there."
    ),
    OpenRefusal.WITHDRAWN: _l(
        "This version was withdrawn, so no cohort opens under it. Publish a new version first."
    ),
    OpenRefusal.FIGURES_TO_BE_SET: _l("Some figures of this programme are still to be set."),
    OpenRefusal.FIGURES_INVENTED: _l(
        "The figures of this programme are invented, for showing how things work. "
        "It opens in the demo only."
    ),
    OpenRefusal.MODULES_MISSING: _l("This programme asks for modules that are not published yet."),
    OpenRefusal.UNREVIEWED: _l(
        "Lessons on safety, risk or law wait to be read by a qualified reviewer."
    ),
    OpenRefusal.NAME_TAKEN: _l("Another cohort here has this name. Choose a different one."),
    AdmitRefusal.OWN_PLACE: _l("Another coordinator admits you, never you yourself."),
    AdmitRefusal.NOT_HERE: _l("Somebody you chose is not in the list any more. Choose again."),
    AdmitRefusal.HAS_PLACE: _l("Somebody you chose has a place by now. Nobody was admitted twice."),
    AdmitRefusal.NOBODY: _l("Choose at least one person."),
    AssignRefusal.OWN_PLACE: _l("Nobody is their own trainer or supervisor."),
    AssignRefusal.NOT_HOLDER: _l("Choose somebody who holds this role here."),
    AssignRefusal.SAME_TRAINER: _l("The two trainers must be two different people."),
    AssignRefusal.CHANGED_MEANWHILE: _l(
        "Someone else changed this just now. Look at who is there and choose again."
    ),
    AssignRefusal.PLACE_CLOSED: _l("This place is not open, so nobody is assigned to it."),
    AddressRefusal.NOT_ONE: _l("This does not look like an e-mail address."),
    AddressRefusal.YOURS_ALREADY: _l("This address is yours already."),
    AddressRefusal.TWO_ALREADY: _l("You have two addresses. Remove one first."),
    AddressRefusal.ONLY_ONE: _l("This is your way in, so it stays until another is confirmed."),
    OwnPasswordRefusal.NOT_YOURS: _l("This is not your password now. Try again."),
    OwnPasswordRefusal.SLOWED: _l("There were many tries. Wait a minute, then try again."),
}

HOLD_URLS: dict[PracticeHold, str] = {
    PracticeHold.UNSIGNED: "/agreements",
    PracticeHold.PAUSED: "/account",
    PracticeHold.NOT_ENROLLED: "/help",
    PracticeHold.NO_CONTACT: "/help",
}
"""Where somebody whose practice is held reads on."""

ROLE_WORDS: dict[str, Any] = {
    TRAINEE: _l("Trainee"),
    Role.TRAINER: _l("Trainer"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.AUTHOR: _l("Author"),
    Role.HOST_MANAGER: _l("Host manager"),
    Role.EVALUATOR: _l("Evaluator"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
STATE_WORDS: dict[str, Any] = {
    EnrolmentState.APPLIED: _l("Applied"),
    EnrolmentState.ADMITTED: _l("Admitted"),
    EnrolmentState.ACTIVE: _l("Under way"),
    EnrolmentState.PAUSED: _l("Stepped back"),
    EnrolmentState.WITHDRAWN: _l("Withdrawn"),
    EnrolmentState.COMPLETED: _l("Completed"),
}
KIND_WORDS: dict[str, Any] = {
    AssignmentKind.TRAINER: _l("Trainer"),
    AssignmentKind.SECOND_TRAINER: _l("Second trainer"),
    AssignmentKind.SUPERVISOR: _l("Supervisor"),
}


def sentence(reason: StrEnum) -> str:
    """Return the sentence for a reason; a reason without one is a bug and shows in the tests."""
    return str(SENTENCES[reason])


def refusal_words(refused: RefusedError) -> str:
    """Return the sentence for a refusal, with what it names where it names something."""
    if isinstance(refused, UnsignedError):
        return waiting_words(refused.lessons)
    return sentence(refused.reason)


def waiting_words(lessons: Sequence[WaitingLesson]) -> str:
    """Return which lessons wait to be signed: the first few by name, and how many more."""
    named = "; ".join(f"{one.title} ({one.module})" for one in lessons[:NAMED_LESSONS])
    more = len(lessons) - NAMED_LESSONS
    if more > 0:
        named = f"{named}; " + ngettext("and %(num)d more", "and %(num)d more", more)
    return str(
        _(
            "Lessons on safety, risk or law wait to be read by a qualified reviewer: %(lessons)s. "
            "Until each module says who has read it, no cohort opens and nobody new comes in.",
            lessons=named,
        )
    )


def add_sentences(more: dict[Any, Any]) -> None:
    """Let an area bring the sentences of its own reasons."""
    SENTENCES.update(more)


def said(words: dict[str, Any]) -> dict[str, str]:
    """Return words in the reader's language at once, for lists that say them on every line."""
    return {key: str(text) for key, text in words.items()}


def hold_url(hold: PracticeHold) -> str:
    """Return where somebody whose practice is held reads on; a filter of templates too."""
    return HOLD_URLS[hold]
