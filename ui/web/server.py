"""The served process: pages, the commands' loopback API, and the follower, around the engine it owns."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import Response

from corpus import ForbiddenError
from ui.desk import Desk
from ui.engine import LocalEngine
from ui.mcp.http import McpOverHttp
from ui.texts import dictionaries, say
from ui.web import api, look
from ui.web.access import Access
from ui.web.admin import admin_page
from ui.web.answer_files import answer_files
from ui.web.ask_page import ask_page
from ui.web.comment_pages import comment_pages
from ui.web.conversation_pages import conversation_pages
from ui.web.curation import curation_page
from ui.web.digest_desk import digest_desk
from ui.web.digest_pages import digest_pages
from ui.web.feedback import feedback_routes
from ui.web.guard import Guard
from ui.web.health import health_pages
from ui.web.lab import Reports, judge_pages, lab_page, lab_pages
from ui.web.language import Language
from ui.web.library_page import LibraryPage, library_page
from ui.web.limits import Limited, Limits
from ui.web.list_pages import list_pages
from ui.web.local_api import local_api
from ui.web.metrics import Metrics, metrics_page
from ui.web.model_job import ModelJob
from ui.web.note_pages import note_pages
from ui.web.pages import page
from ui.web.people import Door
from ui.web.provider import Provider
from ui.web.question_pages import question_pages
from ui.web.record_edit import editing_pages
from ui.web.record_page import record_pages
from ui.web.signing import signing_pages, without_accounts
from ui.web.table_pages import table_pages
from ui.web.token_pages import token_pages
from ui.web.watching import Watch
from ui.web.works import Works

#: Bytes of a request: of what pages and programs send, and of what is uploaded.
_MOST_SENT = 16 << 20
_MOST_UPLOADED = 256 << 20


def create_app(works: Works, token: str, job: ModelJob, access: Access | None = None) -> FastAPI:
    """The whole site as an ASGI application; without `access`, for the one local user."""
    engine, access = works.engine, access or Access()
    settings = engine.workshop.settings
    _keep_uploads_in(settings.home / "run" / "uploads")
    mcp = McpOverHttp(Desk(engine))
    app = FastAPI(title="Florilegium", docs_url=None, redoc_url=None, openapi_url=None, lifespan=mcp.lifespan, max_body_size=_MOST_SENT)
    app.include_router(local_api(works, token))
    app.include_router(record_pages(engine.library, engine.related))
    app.include_router(note_pages(engine.library))
    app.include_router(comment_pages(engine.library))
    app.include_router(list_pages(engine.library, LibraryPage(engine).find))
    app.include_router(answer_files(engine.library, engine.workshop.settings))
    app.include_router(table_pages(engine.library))
    app.include_router(conversation_pages(engine.library))
    app.include_router(editing_pages(engine.library))
    app.include_router(signing_pages(engine.library, access, _provider(engine, access)) if access.accounts else without_accounts())
    if access.accounts:
        app.include_router(token_pages(engine.library))
    app.include_router(digest_desk(works))
    app.include_router(digest_pages(engine.library, engine.workshop.settings))
    app.include_router(question_pages(engine))
    reports = Reports()
    app.include_router(judge_pages(engine))
    app.include_router(lab_pages(engine, reports))
    app.include_router(feedback_routes(engine.library))
    app.mount(api.PLACE, api.program_api(engine))
    app.mount(api.CHAT_PLACE, api.chat_api(engine))
    app.router.routes.append(mcp.route)
    app.include_router(health_pages(engine))
    pages = ask_page(engine, job)
    engine.watcher = metrics = Metrics(engine, pages.waiting)
    app.include_router(metrics_page(metrics, settings.metrics_token.get_secret_value()))
    pages.limits = limits = Limits(settings.asks_a_minute)
    with pages.route("Library", "/library"):
        library_page(engine, pages)
    with pages.route("Curate", "/curate"):
        curation_page(works, pages)
    with pages.route("Lab", "/lab"):
        lab_page(works, pages, reports)
    with pages.route("Admin", "/admin"):
        admin_page(works, pages, access)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SSR mode is not supported")  # said of every mounted site with several pages, SSR asked for or not
        gr.mount_gradio_app(
            app,
            pages,
            path="/",
            footer_links=[],
            theme=look.theme(),
            head=look.HEAD,
            ssr_mode=False,
            i18n=gr.I18n(**dictionaries()),
            show_error=False,
            app_kwargs={"max_body_size": _MOST_UPLOADED},
        )
    pages.has_launched = True  # Gradio looks at where a file lies only then, and does not say so of an app that is mounted
    app.add_exception_handler(ForbiddenError, _forbidden)
    app.add_middleware(Limited, limits=limits)
    app.add_middleware(Door, access=access, library=engine.library, tabs=pages.tabs)
    app.add_middleware(Language, scripts=look.SCRIPTS)
    app.add_middleware(Guard, access=access)
    app.add_middleware(Watch, metrics=metrics)
    return app


def _keep_uploads_in(folder: Path) -> None:
    """Where Gradio puts what is uploaded: by itself it takes a folder where every user of this machine could look. It asks the environment alone."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)


def _provider(engine: LocalEngine, access: Access) -> Provider | None:
    settings = engine.workshop.settings
    if not settings.oidc_issuer:
        return None
    return Provider(settings, f"{access.public or f'http://{settings.host}:{settings.port}'}/signin/provider/back")


def _forbidden(_request: Request, error: Exception) -> Response:
    return page("missing.html", status=403, heading=say("missing.forbidden"), message=str(error))
