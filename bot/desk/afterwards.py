"""What citizens read of an answer that does not hold any more, or has changed since they got it."""

from dataclasses import dataclass

from bot.desk.phrases import Phrases, dated, written_day
from bot.knowledge.entry import Entry, Language, Standing, Status


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Says what follows an answer. `plain`: in Einfacher Sprache, where there is that."""

    phrases: Phrases

    def not_current(self, entry: Entry, standing: Standing, language: Language, plain: bool) -> str:
        """Why an answer is not given as one that holds; one that is only old stands below."""
        if standing is Standing.WITHDRAWN:
            return self._withdrawn("withdrawn_answer", entry, language)
        assert entry.valid_until is not None
        until = written_day(self.phrases.knowledge, entry.valid_until.isoformat(), language)
        return self.say("outdated_answer", language, until=until, **self._answer(entry, language, plain))

    def correction(self, entry: Entry, language: Language, plain: bool) -> str:
        """An answer that was given before is put right."""
        if entry.status is Status.WITHDRAWN:
            return self._withdrawn("correction_withdrawn", entry, language)
        note = self._in(language, entry, "correction_note")
        values = {"question": entry.text(language).question, **self._answer(entry, language, plain)}
        if not note:
            return self.say("correction", language, **values)
        return self.say("correction_noted", language, note=note, **values)

    def news(self, entry: Entry | None, question: str, language: Language, plain: bool) -> str:
        """An answer has changed of which somebody wanted to hear. None: there is no such entry any more."""
        if entry is None:
            return self.say("news_gone", language, question=question)
        if entry.status is Status.WITHDRAWN:
            return self._withdrawn("news_withdrawn", entry, language)
        values = {"question": entry.text(language).question, **self._answer(entry, language, plain)}
        return self.say("news", language, **values)

    def say(self, key: str, language: Language, **values: object) -> str:
        """A wording about what follows an answer."""
        return self.phrases.knowledge.say(key, language, **values)

    def _withdrawn(self, key: str, entry: Entry, language: Language) -> str:
        reason = self._in(language, entry, "withdrawn_reason") or self.say("withdrawn_unexplained", language)
        return self.say(key, language, question=entry.text(language).question, reason=reason)

    def _answer(self, entry: Entry, language: Language, plain: bool) -> dict[str, str]:
        answer = self.phrases.bare_answer(entry, language, plain)
        return {"answer": answer, **dated(self.phrases.knowledge, entry, language)}

    def _in(self, language: Language, entry: Entry, name: str) -> str:
        """A text beside the answer in this language; the German one is marked as such. Empty if there is none."""
        texts = {tongue: getattr(text, name).strip() for tongue, text in entry.texts.items()}
        if texts.get(language):
            return str(texts[language])
        return self.say("in_german", language, text=texts[Language.DE]) if texts[Language.DE] else ""
