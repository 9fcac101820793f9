"""Plain server-rendered pages: Jinja2 with autoescape, our own style sheet, and a policy that lets nothing else in."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from ui.texts import day, facet_name, locale_now, moment, say
from ui.web.heading import has_accounts, pages_for, who_html
from ui.web.people import person_now
from ui.web.rendering import notices_of

#: Where templates and files lie.
FOLDER = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src {scripts}; connect-src {scripts}; "
    "base-uri 'none'; form-action {forms}; frame-ancestors 'self'"
)
_PAGES = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=select_autoescape(default=True, default_for_string=True))
_PAGES.globals |= {"say": say, "moment": moment, "day": day, "facet_name": facet_name, "notices_of": notices_of}


def page(template: str, *, status: int = 200, form: bool = False, script: bool = False, **values: object) -> HTMLResponse:
    """A page from a template, in the language of the request being answered; `form` lets its forms be sent, to this server alone, and `script`
    lets it load our own script files, and these ask this server.

    Templates have `say`, `moment(instant)`, `day(date)`, `facet_name(facet)`, `notices_of(review)`, `locale`, and of whoever asks `pages` and `who`.
    """
    person = person_now()
    who = Markup(who_html(person)) if has_accounts(person) else ""  # noqa: S704 - `who_html` escapes it
    text = _PAGES.get_template(template).render(locale=locale_now(), pages=pages_for(person), who=who, **values)
    policy = _POLICY.format(forms="'self'" if form else "'none'", scripts="'self'" if script else "'none'")
    headers = {"Content-Security-Policy": policy, "Vary": "Cookie, Accept-Language"}
    return HTMLResponse(text, status_code=status, headers=headers)
