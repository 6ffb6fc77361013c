"""The whole knowledge base from its folder, checked: it is right, or it is refused with all that is wrong."""

from os.path import lexists
from pathlib import Path
from typing import Final

from bot.errors import Complaint, KnowledgeError
from bot.knowledge.advice import advice
from bot.knowledge.entry import KnowledgeBase, LabelledQuestion, Language, SmallTalk, SynonymGroup, Topic
from bot.knowledge.files import Files, folder_name
from bot.knowledge.form import complain, like
from bot.knowledge.questions import read_questions
from bot.knowledge.synonyms import read_synonyms
from bot.knowledge.topics import Taken, read_topic
from bot.knowledge.wording import Wording, compare, read_small_talk, read_wording, texts

__all__ = ["advice", "load", "shipped"]

SMALL_TALK: Final = "smalltalk.yaml"
QUESTIONS: Final = "questions.yaml"
SYNONYMS: Final = "synonyms.yaml"
WORDING: Final = {language: f"wording.{language}.yaml" for language in Language}
NO_TOPICS: Final = frozenset({SYNONYMS, QUESTIONS, SMALL_TALK, *WORDING.values()})


def load(folder: Path, fallback: Path | None = None) -> KnowledgeBase:
    """The knowledge base in this folder. Raises KnowledgeError with every complaint about every file.

    `fallback`: the folder whose small talk is used when this one has none, and whose wording is used for every
    text that this one does not word itself; None means that this folder must bring the wording.
    """
    files = Files()
    taken = Taken()
    topics = _topics(_topic_files(folder), files, taken)
    synonyms = _synonyms(folder, files)
    questions = _questions(folder, files, None if taken.doubtful else taken)
    # However it is named: what is read twice would make another version of the same files.
    second = None if fallback is None or fallback.resolve() == folder.resolve() else fallback
    small_talk = _small_talk(folder, second, files)
    wording = _wording(folder, second, files)
    if files.complaints:
        raise KnowledgeError(files.complaints)
    return KnowledgeBase(folder, topics, small_talk, texts(wording), files.version(), synonyms, questions)


def shipped() -> Path:
    """The folder of the knowledge base that comes along: inside an installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_shipped" / "knowledge"
    return installed if installed.is_dir() else package.parent / "knowledge"


def _topic_files(folder: Path) -> list[Path]:
    """The topic files of a folder by name. Raises KnowledgeError where there are none."""
    try:
        names = [path.name for path in folder.iterdir() if path.suffix == ".yaml" and not path.name.startswith(".")]
    except FileNotFoundError:
        text = "Diesen Ordner gibt es nicht; prüfen Sie die Angabe."
    except NotADirectoryError:
        text = "Das ist kein Ordner; geben Sie den Ordner an, in dem die YAML-Dateien liegen."
    except OSError as error:
        text = f"Der Ordner lässt sich nicht lesen ({error.strerror}); prüfen Sie die Rechte."
    else:
        topics = sorted(set(names) - NO_TOPICS)
        if topics:
            return [folder / name for name in topics]
        text = "In diesem Ordner liegt keine Themen-Datei (*.yaml mit „topic:“); prüfen Sie die Angabe."
    raise KnowledgeError([Complaint(str(folder), 1, 1, text)])


def _topics(paths: list[Path], files: Files, taken: Taken) -> tuple[Topic, ...]:
    """The topics of all files that can be read; where one cannot, wholly, not all ids are known."""
    roots = [files.read(path) for path in paths]
    taken.doubtful = bool(files.complaints)
    return tuple(read_topic(root, files.complaints, taken) for root in roots if root is not None)


def _synonyms(folder: Path, files: Files) -> tuple[SynonymGroup, ...]:
    root = files.read(folder / SYNONYMS) if lexists(folder / SYNONYMS) else None
    return read_synonyms(root, files.complaints) if root is not None else ()


def _questions(folder: Path, files: Files, taken: Taken | None) -> tuple[LabelledQuestion, ...]:
    """The labelled questions of this folder; those that ship are about other entries. `taken`: None if not all ids
    are known."""
    root = files.read(folder / QUESTIONS) if lexists(folder / QUESTIONS) else None
    return read_questions(root, taken.entries if taken else None, files.complaints) if root is not None else ()


def _small_talk(folder: Path, fallback: Path | None, files: Files) -> tuple[SmallTalk, ...]:
    for place in filter(None, (folder, fallback)):
        if lexists(place / SMALL_TALK):
            root = files.read(place / SMALL_TALK)
            return read_small_talk(root, files.complaints) if root is not None else ()
    return ()


def _wording(folder: Path, fallback: Path | None, files: Files) -> dict[Language, dict[str, Wording]]:
    """Every text in every language; the two languages have the same keys with the same placeholders."""
    own = {language: _words(folder / name, files) for language, name in WORDING.items()}
    base = {language: _words(fallback / name, files) if fallback else None for language, name in WORDING.items()}
    found: dict[Language, dict[str, Wording]] = {}
    for language, name in WORDING.items():
        mine, theirs = own[language], base[language]
        if mine is None and theirs is None:
            text = "Diese Datei fehlt; übernehmen Sie sie aus der mitgelieferten Wissensbasis."
            files.complaints.append(Complaint(f"{folder_name(folder)}/{name}", 1, 1, text))
        if mine and theirs:
            _refuse_unknown(mine, theirs, files.complaints)
        found[language] = {**(theirs or {}), **(mine or {})}
    german, english = found[Language.DE], found[Language.EN]
    if german and english:
        compare(german, english, WORDING[Language.EN], files.complaints)
        compare(english, german, WORDING[Language.DE], files.complaints)
    return found


def _words(path: Path, files: Files) -> dict[str, Wording] | None:
    """The texts of a wording file; empty where it is broken, None where there is none."""
    if not lexists(path):
        return None
    root = files.read(path)
    return read_wording(root, files.complaints) if root is not None else {}


def _refuse_unknown(mine: dict[str, Wording], theirs: dict[str, Wording], complaints: list[Complaint]) -> None:
    """Complain of own texts that nobody would ever say, and of placeholders that nobody would fill."""
    for key, wording in mine.items():
        if key not in theirs:
            complain(complaints, wording.place, f"Der Schlüssel „{key}“ ist unbekannt; {like(key, tuple(theirs))}")
            continue
        known = theirs[key].placeholders
        if wording.placeholders and known is not None and wording.placeholders - known:
            text = f"möglich sind hier: {', '.join(f'{{{name}}}' for name in sorted(known)) or 'keine'}."
            complain(complaints, wording.place, f"„{key}“ hat einen unbekannten Platzhalter; {text}")
