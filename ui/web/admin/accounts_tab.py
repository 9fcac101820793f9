"""Accounts: who may sign in and as what; made, locked, given a new password by a link, signed out, and erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from corpus import FlorilegiumError, Library, Role, UsageError
from ui.texts import day, label, moment, said, say
from ui.web.lab.shown import done, heading, note, table
from ui.web.people import require
from ui.web.rendering import escape, fault_html

if TYPE_CHECKING:
    from ui.web.access import Access


def accounts_tab(library: Library, page: gr.Blocks, tab: gr.Tab, access: Access) -> None:
    """Build the tab."""
    off = "" if access.accounts else f'<p class="fl-note">{said("accounts.switched_off")}</p>'
    gr.HTML(off, padding=False, visible=not access.accounts)
    listed = gr.HTML(elem_id="fl-accounts")
    roles = [(label(f"role.{role.word}"), role.word) for role in Role]
    with gr.Row(equal_height=True):
        picked = gr.Dropdown(label=label("accounts.pick"), choices=[], value=None, elem_id="fl-account", scale=3, min_width=220)
        role = gr.Dropdown(label=label("accounts.role"), choices=roles, value=Role.READER.word, elem_id="fl-account-role", scale=2, min_width=150)
        give = gr.Button(label("accounts.give_role"), elem_id="fl-give-role", scale=1, min_width=130)
    with gr.Row(equal_height=True):
        lock = gr.Button(label("accounts.lock"), elem_id="fl-lock", min_width=130)
        unlock = gr.Button(label("accounts.unlock"), elem_id="fl-unlock", min_width=130)
        reset = gr.Button(label("accounts.reset"), elem_id="fl-reset", min_width=130)
        sign_out = gr.Button(label("accounts.sign_out"), elem_id="fl-sign-out", min_width=130)
    outcome = gr.HTML(elem_id="fl-account-said")
    sessions = gr.HTML(elem_id="fl-account-sessions")
    with gr.Accordion(label("accounts.new"), open=False, elem_id="fl-account-new"), gr.Row(equal_height=True):
        name = gr.Textbox(label=label("accounts.name"), max_lines=1, elem_id="fl-account-name", scale=3, min_width=220)
        new_role = gr.Dropdown(label=label("accounts.role"), choices=roles, value=Role.MEMBER.word, elem_id="fl-new-role", scale=2, min_width=150)
        add = gr.Button(label("accounts.add"), variant="primary", elem_id="fl-account-add", scale=1, min_width=130)
    with gr.Accordion(label("accounts.erase_heading"), open=False, elem_id="fl-account-erase"):
        gr.HTML(f'<p class="fl-note">{said("accounts.erase_what")}</p>', padding=False)
        with gr.Row(equal_height=True):
            typed = gr.Textbox(label=label("accounts.erase_name"), max_lines=1, elem_id="fl-erase-name", scale=4, min_width=220)
            erase = gr.Button(label("accounts.erase"), variant="stop", elem_id="fl-erase", scale=1, min_width=130)
    everything = [outcome, listed, picked, role, sessions]

    def drawn(request: gr.Request, chosen: str | None) -> list[Any]:
        require(request, Role.ADMIN)
        return shown(library, chosen)

    def looked(request: gr.Request, chosen: str | None) -> list[Any]:
        require(request, Role.ADMIN)
        return shown(library, chosen)[2:]

    def doing(act: Callable[[str, str], str]) -> Callable[..., list[Any]]:
        """A handler that does something to the chosen account; the second thing it is given is the role that was chosen."""

        def handler(request: gr.Request, chosen: str | None, role: str) -> list[Any]:
            require(request, Role.ADMIN)
            return [done(lambda: act(_chosen(chosen), role)), *shown(library, chosen)]

        return handler

    def added(request: gr.Request, given: str, role: str) -> list[Any]:
        require(request, Role.ADMIN)
        try:
            account = library.accounts.add(given, Role.named(role))
        except FlorilegiumError as error:
            return [fault_html(str(error)), *shown(library, None), given]
        return [_link_html(library, account.name, access), *shown(library, account.name), ""]

    def renewed(request: gr.Request, chosen: str | None) -> list[Any]:
        require(request, Role.ADMIN)
        try:
            said = _link_html(library, _chosen(chosen), access)
        except FlorilegiumError as error:
            said = fault_html(str(error))
        return [said, *shown(library, chosen)]

    def erased(request: gr.Request, given: str) -> list[Any]:
        require(request, Role.ADMIN)
        return [done(lambda: erase_account(library, given)), *shown(library, None), ""]

    page.load(drawn, picked, everything[1:], show_progress="hidden")
    tab.select(drawn, picked, everything[1:], show_progress="hidden")
    picked.input(looked, picked, [role, sessions], show_progress="hidden")
    acts: list[tuple[gr.Button, Callable[[str, str], str]]] = [
        (give, lambda name, role: give_role(library, name, role)),
        (lock, lambda name, _: set_locked(library, name, locked=True)),
        (unlock, lambda name, _: set_locked(library, name, locked=False)),
        (sign_out, lambda name, _: sign_out_everywhere(library, name)),
    ]
    for button, act in acts:
        button.click(doing(act), [picked, role], everything)
    reset.click(renewed, picked, everything)
    add.click(added, [name, new_role], [*everything, name])
    erase.click(erased, typed, [*everything, typed])


def shown(library: Library, chosen: str | None) -> list[Any]:
    """The table, what can be chosen, and of the chosen account its role and where it is signed in."""
    accounts = library.accounts.all()
    account = next((one for one in accounts if one.name == chosen), accounts[0] if accounts else None)
    names = [one.name for one in accounts]
    return [
        accounts_html(library),
        gr.update(choices=names, value=account.name if account else None),
        account.role.word if account else gr.skip(),
        sessions_html(library, account.name) if account else "",
    ]


def accounts_html(library: Library) -> str:
    """All accounts as a table."""
    accounts = library.accounts.all()
    if not accounts:
        return note(say("accounts.none"))
    signed_in = library.sessions.all()
    rows = []
    for account in accounts:
        own = [session for session in signed_in if session.name == account.name]
        state = say("accounts.locked") if account.disabled else say("accounts.may_enter") if account.has_password or account.subject else say("accounts.waits")
        how = say("accounts.by_provider") if account.subject else say("accounts.by_password") if account.has_password else ""
        seen = moment(own[0].as_dict()["seen"]) if own else ""
        rows.append([account.name, say(f"role.{account.role.word}"), state, how, day(account.at), seen, f"{len(own):,}"])
    heads = [say(f"accounts.head_{one}") for one in ("name", "role", "state", "how", "since", "seen", "sessions")]
    return table(heads, rows, numbers=1, caption=say("accounts.caption"))


def sessions_html(library: Library, name: str) -> str:
    """Where an account is signed in."""
    found = library.sessions.all(name)
    if not found:
        return note(say("accounts.nowhere", name=name))
    rows = [[one.agent or "?", one.address, moment(one.as_dict()["started"]), moment(one.as_dict()["seen"])] for one in found]
    heads = [say(f"account.{one}") for one in ("browser", "address", "since", "seen")]
    return heading(say("accounts.sessions_of", name=name)) + table(heads, rows, caption=say("accounts.sessions_of", name=name))


def give_role(library: Library, name: str, role: str) -> str:
    """Give an account a role; what was done."""
    library.accounts.set_role(name, Role.named(role))
    return say("accounts.role_given", name=name, role=say(f"role.{role}"))


def set_locked(library: Library, name: str, *, locked: bool) -> str:
    """Lock an account or let its person in again; what was done."""
    library.accounts.set_disabled(name, locked)
    return say("accounts.now_locked" if locked else "accounts.now_unlocked", name=name)


def sign_out_everywhere(library: Library, name: str) -> str:
    """End an account's sessions; what was done."""
    return say("accounts.signed_out", name=name, count=library.sessions.revoke_all(name))


def erase_account(library: Library, typed: str) -> str:
    """Erase the account whose name was typed; what was done."""
    erased = library.belongings.erase(_chosen(typed))
    words = say("accounts.erased", count=sum(erased.rows.values()), stand_in=erased.stand_in)
    return words if erased.overwritten else f"{words} {say('accounts.not_overwritten')}"


def _link_html(library: Library, name: str, access: Access) -> str:
    """A new link by which a person sets their password, to be handed on; it is shown this once."""
    path = f"/link/{library.accounts.link(name)}"
    return f'<p class="fl-lead-line">{escape(say("accounts.link", name=name))}</p><p><code class="fl-copy">{escape(access.public + path)}</code></p>'


def _chosen(name: str | None) -> str:
    if not (name or "").strip():
        raise UsageError(say("accounts.none_picked"))
    return str(name).strip()
