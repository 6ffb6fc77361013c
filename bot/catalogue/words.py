"""Which words the catalogue needs from the wording files, and what it fills into them."""

from typing import Final

# Each key with the placeholders it may hold.
NEEDED: Final = {
    "page_title": "",
    "page_intro": "",
    "page_skip": "",
    "page_reading": "",
    "page_reading_de": "",
    "page_reading_plain": "",
    "page_reading_en": "",
    "page_search": "",
    "page_search_example": "",
    "page_found": "count total",
    "page_found_none": "",
    "page_contents": "",
    "page_date": "as_of",
    "page_source": "",
    "page_outdated": "until",
    "page_contact": "",
    "page_version": "version",
    "page_top": "",
}
