"""Mails against a real mail server: what they hold, that each goes out once whatever ends the sending, and that nothing private goes elsewhere."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from corpus import Library, Status, UnavailableError, UsageError
from corpus.digest import Issue
from tests.conftest import ROOT
from tests.digest.conftest import PASSWORD, Inbox
from ui.digest.links import Tokens
from ui.digest.sending import Sent, send_confirmation, send_issue
from ui.settings import Settings


def nobody() -> Any:
    raise AssertionError("no question is saved, so nothing may be asked")


def subscribe(library: Library, *names: str, **given: Any) -> list[str]:
    return [library.subscribers.add(f"{name}@example.org", active=True, **given).uid for name in names]


def test_a_mail_has_both_forms_and_the_headers_for_leaving(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    (uid,) = subscribe(library, "ann")
    assert send_issue(library, settings, issue, nobody) == Sent(1, 1, 0, 0)
    (mail,) = inbox.to("ann@example.org")
    assert (mail["Subject"], mail["To"], mail["From"]) == ("Wöchentliches & <mehr>", "ann@example.org", "The library <digest@example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    leave = f"https://reviews.example.org/digest/unsubscribe/{Tokens(library).unsubscribe(uid)}"
    assert "".join(mail["List-Unsubscribe"].split()) == f"<{leave}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail.get_content_type() == "multipart/alternative"
    text, html = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert leave in text
    assert f'href="{leave}"' in html
    for shown in ("Dear <reader>,", "Müs & Söhne, 2019:", "“Mice <script>alert(1)</script> ran;", "https://doi.org/10.1000/(a)%3Cb%3E"):
        assert shown in text
    assert "<script" not in html
    assert "Mice &lt;script&gt;alert(1)&lt;/script&gt; ran;" in html
    assert 'style="' in html
    assert "http://" not in html.replace("http://www.w3.org", ""), "nothing is fetched, and links go to the public address"
    assert "src=" not in html


def test_every_line_arrives_as_it_was_written(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, "ann")
    draft = library.issues.create(issue.digest, "Dots", "ann")
    text = ".\n..\n.a line of dots\n\nfrom here " + "x" * 3000
    saved = library.issues.save(draft.number, 1, title="Dots", introduction=text, entries=issue.digest.entries, actor="ann")
    send_issue(library, settings, library.issues.publish(draft.number, saved.version, "ann"), nobody)
    (mail,) = inbox.mails
    plain = next(mail[1].iter_parts()).get_content()
    assert "x" * 3000 in plain
    assert ". .. .a line of dots" in plain


def test_what_failed_is_listed_and_tried_again_and_nothing_goes_twice(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, "ann", "bob", "cyd", "dee")
    library.subscribers.add("unconfirmed@example.org")
    inbox.refuse["bob@example.org"] = "550 no such mailbox"
    inbox.refuse_data["cyd@example.org"] = "451 try later"
    assert send_issue(library, settings, issue, nobody) == Sent(1, 2, 2, 0)
    states = {mail.address: (mail.state, mail.error) for mail in library.mails.all(1)}
    assert states["bob@example.org"] == ("failed", "550 no such mailbox")
    assert states["cyd@example.org"] == ("failed", "451 try later")
    assert states["ann@example.org"] == states["dee@example.org"] == ("sent", "")
    del inbox.refuse["bob@example.org"]
    assert send_issue(library, settings, issue, nobody) == Sent(1, 2, 0, 0)
    assert send_issue(library, settings, issue, nobody) == Sent(1, 0, 0, 0)
    assert sorted(address for address, _ in inbox.mails) == [f"{name}@example.org" for name in ("ann", "bob", "cyd", "dee")]
    ids = [mail["Message-ID"] for _, mail in inbox.mails]
    assert len(set(ids)) == 4


def test_a_draft_and_a_site_without_mail_send_nothing(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, "ann")
    draft = library.issues.create(issue.digest, "A draft", "ann")
    with pytest.raises(UsageError, match="is a draft"):
        send_issue(library, settings, draft, nobody)
    for missing in ({"smtp_host": ""}, {"mail_from": ""}, {"mail_from": "nonsense"}):
        with pytest.raises(UsageError, match="mail is not set up"):
            send_issue(library, settings.model_copy(update=missing), issue, nobody)
    assert inbox.mails == []


def test_a_wrong_password_is_told_and_never_shown(library: Library, settings: Settings, inbox: Inbox, issue: Issue, caplog: pytest.LogCaptureFixture) -> None:
    subscribe(library, "ann")
    wrong = Settings.model_validate({**settings.model_dump(), "smtp_password": PASSWORD + "!"})
    with caplog.at_level(logging.DEBUG), pytest.raises(UnavailableError, match="name or password is wrong") as told:
        send_issue(library, wrong, issue, nobody)
    assert PASSWORD not in str(told.value) + caplog.text + repr(wrong) + str(wrong)
    with pytest.raises(UnavailableError, match="cannot be used"):
        send_issue(library, settings.model_copy(update={"smtp_port": 1}), issue, nobody)
    assert library.mails.counts(1)["waiting"] == 1, "and it is sent when the server is there again"
    assert send_issue(library, settings, issue, nobody) == Sent(1, 1, 0, 0)


def test_a_record_retracted_since_is_not_quoted(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, "ann")
    library.set_status("mice", Status.RETRACTED, note="Figures made up")
    send_issue(library, settings, issue, nobody)
    (mail,) = inbox.to("ann@example.org")
    for part in mail.iter_parts():
        assert "ran;" not in part.get_content()
        assert "Figures made up" in part.get_content()


class Asked:
    """What the sending needs of an engine, counting how often it is asked for whom."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.owners: list[str] = []

    def ask_again(self, owner: str) -> dict[str, Any]:
        self.owners.append(owner)
        news = {"question": f"What of {owner}?", "answer": "x", "first": True, "nothing": False, "outcome": "answered", "was": ""}
        empty: dict[str, Any] = {"new": [], "gone": [], "changed": [], "count": None, "came": []}
        number = self.library.questions.all(owner)[0].number
        return {"news": [{"number": number, **news, **empty}], "answers": {str(number): {"id": "now"}}, "faults": {}}


def test_saved_questions_are_in_their_owners_mail_alone(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    from ui.digest.feed import feed_of

    subscribe(library, "ann", owner="ann")
    subscribe(library, "bob", owner="bob", locale="de")
    subscribe(library, "cyd")
    for owner in ("ann", "bob", "local"):
        library.questions.save(f"What of {owner}?", [], owner)
    inbox.refuse_data["ann@example.org"] = "451 try later"
    asked = Asked(library)
    assert send_issue(library, settings, issue, lambda: asked) == Sent(1, 2, 1, 0)  # type: ignore[arg-type, return-value]
    assert library.questions.all("ann")[0].answer == {"id": "now"}
    assert send_issue(library, settings, issue, lambda: asked) == Sent(1, 1, 0, 0)  # type: ignore[arg-type, return-value]
    assert asked.owners == ["ann", "bob"], "a second try tells the news that were kept for it"
    bodies = {address: "".join(part.get_content() for part in mail.iter_parts()) for address, mail in inbox.mails}
    for name in ("ann", "bob", "cyd"):
        told = [owner for owner in ("ann", "bob", "local") if f"What of {owner}?" in bodies[f"{name}@example.org"]]
        assert told == ([name] if name != "cyd" else [])
    assert "Die Sammlung beantwortet sie." in bodies["bob@example.org"]
    assert b"What of" not in feed_of(library, "https://reviews.example.org", "en")


def test_a_confirmation_holds_a_signed_link(library: Library, settings: Settings, inbox: Inbox) -> None:
    made = library.subscribers.add("ann@example.org", locale="de")
    send_confirmation(library, settings, made)
    (mail,) = inbox.to("ann@example.org")
    link = next(word for word in mail.get_content().split() if word.startswith("https://"))
    assert Tokens(library).read_confirm(link.rsplit("/", 1)[1]) == made.uid
    assert "List-Unsubscribe" not in mail
    assert "Rundbrief" in mail["Subject"]


def test_tokens_serve_their_purpose_only(library: Library) -> None:
    tokens = Tokens(library)
    leave, confirm = tokens.unsubscribe("u"), tokens.confirm("u")
    assert (tokens.read_unsubscribe(leave), tokens.read_confirm(confirm)) == ("u", "u")
    for read, wrong in ((tokens.read_unsubscribe, confirm), (tokens.read_confirm, leave), (tokens.read_unsubscribe, leave + "x"), (tokens.read_confirm, "")):
        with pytest.raises(UsageError, match="not whole"):
            read(wrong)


def sender(settings: Settings, *, early_stop: bool = False) -> subprocess.Popen[bytes]:
    """`digest send` as a process of its own; with `early_stop` it stops itself while it offers its first mail."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("FLORILEGIUM_")}
    env |= {"FLORILEGIUM_HOME": str(settings.home), "FLORILEGIUM_SMTP_PASSWORD": PASSWORD, "FLORILEGIUM_MAIL_FROM": settings.mail_from}
    env |= {f"FLORILEGIUM_SMTP_{name.upper()}": str(getattr(settings, f"smtp_{name}")) for name in ("host", "port", "tls", "user")}
    stop = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    early = f"import smtplib; real = smtplib.SMTP.rcpt\ndef rcpt(self, *given):\n    {stop}\n    return real(self, *given)\nsmtplib.SMTP.rcpt = rcpt\n"
    where = early if early_stop else ""
    script = f"{where}import sys\nfrom ui.cli import main\nmain()"
    return subprocess.Popen([sys.executable, "-c", script, "digest", "send", "--json"], env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def stopped(process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        pid, status = os.waitpid(process.pid, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            return
        time.sleep(0.05)
    raise AssertionError("it did not come so far")


def finished(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    out, err = process.communicate(timeout=60)
    return dict(json.loads(out)) | {"code": process.returncode, "err": err.decode()}


def test_a_sending_killed_before_the_last_line_sends_the_mail_later_and_once(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, "ann", "bob")
    first = sender(settings, early_stop=True)
    stopped(first)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert library.mails.counts(1)["waiting"] == 2
    assert {name: value for name, value in finished(sender(settings)).items() if name != "err"} == {
        "issue": 1,
        "sent": 2,
        "failed": 0,
        "in_doubt": 0,
        "code": 0,
    }
    assert sorted(address for address, _ in inbox.mails) == ["ann@example.org", "bob@example.org"]


def test_a_sending_killed_while_a_mail_is_handed_over_never_sends_it_twice(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, "ann", "bob")
    first = sender(settings)
    inbox.hold["ann@example.org"] = lambda: os.kill(first.pid, signal.SIGKILL)  # it has taken the mail, and the sender never hears of it
    first.communicate()
    assert first.returncode == -signal.SIGKILL
    assert library.mails.counts(1) == {"waiting": 1, "handed": 1, "sent": 0, "failed": 0}
    told = finished(sender(settings))
    assert (told["code"], told["sent"], told["in_doubt"]) == (1, 1, 1)
    assert "digest mails 1" in told["err"]
    assert sorted(address for address, _ in inbox.mails) == ["ann@example.org", "bob@example.org"]


def test_two_senders_at_once_send_each_mail_once(library: Library, settings: Settings, inbox: Inbox, issue: Issue) -> None:
    subscribe(library, *(f"reader{number}" for number in range(12)))
    told = [finished(process) for process in [sender(settings), sender(settings)]]
    assert sum(each["sent"] for each in told) == 12
    assert len(inbox.mails) == len({address for address, _ in inbox.mails}) == 12
