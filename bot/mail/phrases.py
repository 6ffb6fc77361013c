"""What mail programs write around a person's words: introductions of quotes, headers, signatures, disclaimers.

All of it was seen in replies of Outlook, Thunderbird, Gmail, Apple Mail, GMX, web.de, K-9 and their mobile versions,
in German and English. Every pattern is for one line (or lines joined by a space), and none may look like a sentence
that a clerk would write.
"""

import re

_DEVICES = "|".join(
    (
        r"iPhone|iPad|iPod|Mac|Smartphone|Handy|Mobiltelefon|Mobilgerät|Tablet",
        r"(?:Apple|Android|Samsung|Galaxy|Huawei|Xiaomi|Google Pixel|Pixel|Telekom|Blackberry|Fairphone|Nokia)\b.*",
    )
)
_APPS = r"(?:der |dem )?(?:Outlook|Mail|GMX|WEB\.DE|K-9|Thunderbird|Telekom|Posteo|Proton|Yahoo|FairEmail)\b.*"

# "Von meinem iPhone gesendet", "Outlook für iOS beziehen", "Gesendet mit der GMX Mail App"
MOBILE = re.compile(
    "(?:"
    + "|".join(
        (
            rf"(?:Von|Gesendet von) mein(?:em|er)(?:/meiner)? (?:{_DEVICES})(?: (?:aus )?gesendet)?",
            rf"Gesendet (?:von|mit|aus|über) {_APPS}",
            r"Diese (?:Nachricht|E-?Mail|Mail) wurde von mein(?:em|er) .{3,60} gesendet",
            r"(?:Holen Sie sich )?Outlook für (?:iOS|Android|Mac)(?: (?:beziehen|herunterladen|holen|abrufen))?",
            r"Get Outlook for .{2,20}",
            r"Sent from my .{2,40}",
            r"Sent from (?:Outlook|Mail|Yahoo|Proton)\b.{0,40}",
            r"Sent (?:with|via) (?:Proton|K-9|GMX|Outlook|Spark)\b.{0,40}",
        )
    )
    + r")\s*[.!]?",
    re.IGNORECASE,
)

# The first words of a disclaimer; whatever follows belongs to it.
DISCLAIMER = re.compile(
    r"[*_\s]*(?:"
    + "|".join(
        (
            r"Diese (?:E-?Mail|Mail|Nachricht)\b.{0,60}\b(?:enthält|ist|sind|kann|können)\b.{0,60}"
            r"(?:vertraulich|ausschlie|geschützt)",
            r"Der Inhalt dieser (?:E-?Mail|Nachricht).{0,60}(?:vertraulich|bestimmt)",
            r"(?:Vertraulichkeitshinweis|Haftungsausschluss|Confidentiality notice|Disclaimer)\s*(?::|$)",
            r"This (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|intended|privileged)",
            r"The information (?:contained )?in this (?:e-?mail|message)",
            r"(?:Bitte )?(?:prüfen|denken|schonen|schützen) Sie.{0,40}\bUmwelt\b",
            r"Please consider the environment",
            r"(?:Virenfrei|Virus-free)\.\s?\S*(?:avast|avg)",
            r"Diese E-?Mail wurde (?:von|mit) .{0,40}(?:Viren|Avast|AVG)",
        )
    )
    + ")",
    re.IGNORECASE,
)

SIGNATURE = re.compile(r"-- ?\s*")

# "-----Ursprüngliche Nachricht-----": everything below is old.
SEPARATOR = re.compile(
    r"[*\s]*[-_=—]{2,}\s*(?:"
    r"Urspr.{1,4}ngliche (?:Nachricht|E-?Mail|Mail)|Original[- ](?:Message|Nachricht)|Originalnachricht"
    r"|Weitergeleitete Nachricht|Forwarded message|Nachricht weitergeleitet"
    r")(?:\s+von\b.*)?\s*[-_=—]{2,}[*\s]*"
    r"|(?:Anfang der weitergeleiteten (?:Nachricht|E-?Mail)|Begin forwarded message):\s*",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*[_-]{10,}\s*|\s*[-_*=]{3,}\s*")

# Our own first and last line, as ThreadKeys writes them and clients break them.
HEADLINE = re.compile(r"Vorgang\W+\w{1,8}-\s?\w{6}\W.{0,30}Ihre Antwort bitte", re.IGNORECASE)
MARKER = re.compile(
    r"Vorgang\W+\w{1,8}-\s?\w{6}\W.{0,12}Pr.{0,8}fzeichen|\(bitte stehen lassen\)|^(?:stehen )?lassen\)$",
    re.IGNORECASE,
)

QUOTED = re.compile(r"\s{0,3}>")
# A person may write "> 10 Euro" for "more than".
MORE_THAN = re.compile(
    r">\s?\d[\d.,]*\s?(?:€|Euro|EUR|%|Prozent|kg|g|t|km|m|cm|m²|qm|l|Liter|Jahre?n?|Tage?n?|Stunden?|Minuten?"
    r"|Personen|Grad)(?!\w)",
    re.IGNORECASE,
)

# -- "Am 24.11.2026 um 10:02 schrieb …:" ------------------------------------------------------------
_WEEKDAY = r"(?:(?:Mo|Di|Mi|Do|Fr|Sa|So)(?:\w{4,9}|\.)?,?\s+(?:den\s+|dem\s+)?)?"
_DATE = r"(?:\d{1,2}\.\s?(?:\d{1,2}\.|[A-Za-zä]{3,9}\.?)\s?(?:\d{2,4})?|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4})"
TIME = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?"
_ZONE = r"(?:\s*\(?[A-Z+][A-Z0-9+:]{2,8}\)?)?"
# "Am 3.5. um 9:00 schrieb ich …" is a clerk's sentence.
_A_NAME = (
    r"(?!(?:ich|wir|er|sie|es|man|ihnen|uns|mir|ihm|ihr|frau|herr|die|der|das|dort|dazu|jemand)\b)(?P<who>\S.{0,300}?)"
)
GERMAN = re.compile(
    rf"\s*Am\s+{_WEEKDAY}{_DATE},?\s*(?:(?:um|,)\s*)?(?P<time>{TIME})?(?:\s*Uhr)?{_ZONE},?"
    rf"\s*(?:hat|schrieb)\s+{_A_NAME}(?:\s+(?:folgendes\s+)?geschrieben)?\s*:\s*",
    re.IGNORECASE,
)
# Gmail: "KL.digital Bot <bot@kl.digital> schrieb am Di., 24. Nov. 2026, 10:02:"
GERMAN_NAME_FIRST = re.compile(
    rf"[^<>@]{{0,80}}<[^<>\s]+@[^<>\s]+>\s+(?:schrieb|hat)\s+am\s+{_WEEKDAY}{_DATE}.{{0,40}}?:\s*", re.IGNORECASE
)
ENGLISH = re.compile(r"\s*On\s.{6,200}?\d.{0,250}?\s(?:wrote|writes):\s*", re.IGNORECASE)

# -- "Von: … Gesendet: … An: … Betreff: …" ----------------------------------------------------------
KEYS = {
    "von": "from", "from": "from", "gesendet": "date", "gesendet am": "date", "datum": "date", "sent": "date",
    "date": "date", "an": "to", "to": "to", "cc": "cc", "kopie": "cc", "betreff": "subject", "subject": "subject",
    "antwort an": "reply", "reply-to": "reply",
}  # fmt: skip
_ANY_KEY = "|".join(sorted(KEYS, key=len, reverse=True))
KEY = re.compile(rf"[\s*_]*({_ANY_KEY})[*_ ]*:[*_]*(?:\s|$)(.*)", re.IGNORECASE)
KEY_INSIDE = re.compile(rf"(?:^|\s)[*_]*({_ANY_KEY})[*_]*:[*_]*\s", re.IGNORECASE)

# -- links as plain text ----------------------------------------------------------------------------
ADDRESS_AFTER = re.compile(r"([^\s<>@]{1,100}@[^\s<>@]{1,200})\s?<mailto:[^<>\s]{1,300}>")
SAME_LINK = re.compile(r"(https?://[^<>\s]{1,500}?)/?\s?<\1/?>")
# How Outlook, and we, write down in plain text that a picture stands here.
PICTURE = re.compile(r"\[cid:([^\[\]\s]{1,300})\]")
LINK = re.compile(r"\s?[<(]?https?://[^\s<>()]+[>)]?")
LINK_AFTER = re.compile(r"(\S)\s?<(https?://[^<>\s]+)>")
