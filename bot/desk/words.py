"""Which words the desk needs from the wording files, and what it fills into them."""

from string import Formatter
from typing import Final

from bot.errors import Complaint
from bot.knowledge.entry import KnowledgeBase, Language

# Each key with the placeholders it may hold.
NEEDED: Final = {
    "welcome": "queue",
    "help": "queue",
    "unknown_command": "",
    "first_notice": "",
    "answer": "answer as_of source",
    "answer_german_only": "answer",
    "suggest": "options",
    "suggest_option": "number question",
    "suggest_none": "",
    "forwarded": "ticket",
    "forwarded_promised": "ticket due",
    "forwarded_delayed": "ticket",
    "forwarded_part": "question",
    "followed_up": "ticket",
    "followed_up_promised": "ticket due",
    "already_forwarded": "ticket",
    "already_forwarded_promised": "ticket due",
    "late": "ticket",
    "choice_gone": "",
    "choice_repeated": "",
    "from_staff": "text ticket",
    "from_staff_files": "files ticket",
    "from_staff_stored": "text as_of source ticket",
    "from_staff_question": "text ticket",
    "from_staff_closed": "ticket",
    "unsupported": "queue",
    "small_talk": "text",
    "small_talk_fallback": "",
    "months": "",
    "weekdays": "",
    "hours": "",
    "hours_and_minutes": "minute",
    "moment": "weekday day month hour",
    "month_and_year": "month year",
    "day_month_and_year": "day month year",
    "choice_1": "",
    "choice_2": "",
    "choice_3": "",
    "choice_none": "",
    "staff_question_subject": "question",
    "staff_question": "when",
    "staff_foreign": "tongue",
    "staff_language_de": "",
    "staff_language_en": "",
    "staff_due": "due",
    "staff_half_subject": "question",
    "staff_half": "due",
    "staff_late_subject": "question",
    "staff_late": "due",
    "staff_promise_title": "",
    "staff_how_title": "",
    "staff_how": "",
    "staff_entries_title": "",
    "staff_entry": "number question",
    "staff_entry_note": "as_of score",
    "staff_entry_note_unlikely": "as_of",
    "staff_entry_action": "number",
    "staff_entries_none": "",
    "staff_commands_title": "",
    "staff_commands_entries": "",
    "staff_commands_entries_before": "",
    "staff_commands": "",
    "staff_followup_subject": "question",
    "staff_followup": "when",
    "sent_elsewhere": "address ticket",
    "staff_history_title": "",
    "staff_history_earlier": "count",
    "staff_history_citizen": "when",
    "staff_history_staff": "when",
    "staff_history_asking": "when",
    "staff_history_note": "when",
    "staff_files": "files",
    "staff_undeliverable_subject": "question",
    "staff_undeliverable": "ticket",
    "staff_undeliverable_text": "",
    "staff_undeliverable_question": "",
    "staff_held_subject": "",
    "staff_held": "",
    "staff_held_reason": "",
    "staff_held_sender": "",
    "staff_held_about": "",
    "staff_held_how": "",
    "command_refused": "",
    "command_unknown": "word",
    "command_several": "word",
    "command_no_text": "word",
    "command_no_address": "word",
    "command_not_listed": "word entries",
    "command_entry": "number question",
    "command_no_entries": "",
    "command_on_closed": "",
    "command_on_spam": "",
    "command_address_refused": "address",
    "command_handed_over": "address",
    "command_not_handed_over": "address",
    "command_handover": "sender",
    "brake_subject": "",
    "brake_ticket": "ticket",
    "brake_all": "",
    "brake_how": "",
    "reason_blocked": "",
    "reason_chat_not_found": "",
    "reason_too_many_attempts": "",
    "reason_refused": "",
    "reason_no_entry": "",
    "reason_parts": "questions",
    "reason_matcher_failed": "",
    "reason_none_fitted": "",
    "held_internal": "",
    "held_unknown_ticket": "ticket",
    "forwarded_again": "ticket",
    "withdraw": "",
    "withdrawn": "ticket",
    "not_withdrawn": "",
    "corrected": "ticket",
    "retracted": "ticket",
    "staff_edited": "when",
    "staff_previous": "ticket",
    "staff_alike": "",
    "staff_withdrawn_subject": "question",
    "staff_withdrawn": "when",
    "staff_claimed": "who",
    "staff_unclaimed": "who",
    "operator_unclaimed": "who",
    "staff_receipt": "when sender",
    "staff_receipt_cut": "",
    "staff_cut_quote": "",
    "staff_cut_signature": "",
    "staff_cut_footer": "",
    "staff_cut_attachment": "",
    "staff_receipt_back": "when",
    "staff_retracted": "",
    "staff_retracted_before": "",
    "staff_not_retracted": "reason",
    "staff_history_retracted": "when",
    "staff_held_said": "when",
    "staff_held_decide": "",
    "staff_held_release": "",
    "staff_held_release_named": "",
    "command_on_withdrawn": "",
    "command_nothing_to_claim": "",
    "command_claimed": "who",
    "command_not_claimed": "",
    "command_nothing_to_retract": "",
    "command_too_late_to_retract": "",
    "command_nothing_held": "word",
    "held_answered": "ticket",
    "held_withdrawn": "ticket",
    "hold_released": "",
    "hold_dropped": "",
    "hold_no_ticket": "",
    "hold_gone": "",
    "hold_unreadable": "",
    "hold_undecided": "",
    "reason_goes_on": "",
    "when": "day hour minute month year",
}
# Lists of names, and how many of what each holds.
LISTS: Final = {
    "months": (12, "Monatsnamen"),
    "weekdays": (7, "Wochentage, Montag zuerst"),
    "hours": (24, "Uhrzeiten von 0 Uhr an"),
    "hours_and_minutes": (24, "Uhrzeiten mit {minute} von 0 Uhr an"),
}


def missing_words(knowledge: KnowledgeBase) -> list[Complaint]:
    """What the wording files lack, or hold that would never be filled: found at the start, not in a citizen's chat."""
    return [complaint for language in Language for complaint in _missing(knowledge, language)]


def _missing(knowledge: KnowledgeBase, language: Language) -> list[Complaint]:
    words = knowledge.wording.get(language, {})
    file = f"{knowledge.folder.name}/wording.{language}.yaml"
    found = [
        f"Der Schlüssel „{key}“ fehlt; ergänzen Sie ihn wie in der mitgelieferten Wissensbasis."
        for key in NEEDED
        if key not in words
    ]
    for key, allowed in NEEDED.items():
        unknown = _placeholders(words.get(key, "")) - set(allowed.split())
        found += [f"„{key}“ hat einen Platzhalter, den niemand füllt: {{{name}}}." for name in sorted(unknown)]
    for key, (count, names) in LISTS.items():
        if key in words and len(words[key].split("|")) != count:
            found.append(f"„{key}“ braucht {count} {names}, getrennt durch |.")
    return [Complaint(file, 1, 1, text) for text in found]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
