"""All that the pages say, in one place: `en.yaml` and `de.yaml` hold the same keys, `page.thing`.

May be imported from everywhere in `ui.web`. What the command line prints stays English and does not come from here.
"""

from ui.texts.locale import COOKIE, DEFAULT, LOCALES, ZONE_COOKIE, Reader, locale_now, locale_of, reader_of, reading
from ui.texts.say import day, dictionaries, facet_name, label, moment, said, say, spoken

__all__ = [
    "COOKIE",
    "DEFAULT",
    "LOCALES",
    "ZONE_COOKIE",
    "Reader",
    "day",
    "dictionaries",
    "facet_name",
    "label",
    "locale_now",
    "locale_of",
    "moment",
    "reader_of",
    "reading",
    "said",
    "say",
    "spoken",
]
