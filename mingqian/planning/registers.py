"""The pages that item list and annual plan have in common: steps of a revision, composing a version, deciding on it, reading it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.accounts.states import LEADER_ROLES, OFFICER_ROLES, READER_ROLES, Role
from mingqian.casework import thing
from mingqian.casework.models import RegisterRevision, RegisterVersion
from mingqian.casework.register.differences import Changed, Shown, changed
from mingqian.casework.register.services import Register
from mingqian.casework.register.states import OPEN_STATES, ChangeKind, RevisionState, VersionState
from mingqian.casework.thing import Fact, timeline_of
from mingqian.common.errors import DomainError
from mingqian.pages import access, versions
from mingqian.pages.listing import Column, cell_of
from mingqian.pages.submission import deed, submit
from mingqian.planning.forms import ComposeForm, RemarkForm, WhyForm

F = TypeVar("F", bound=forms.Form)
R = TypeVar("R", bound=RegisterRevision)
V = TypeVar("V", bound=RegisterVersion)

#: Where a page is: words and address, from the top down.
Crumbs = list[tuple[str, str]]
officer = access.roles(*OFFICER_ROLES)
composer = access.roles(Role.REGULATIONS_OFFICER)
leader = access.roles(*LEADER_ROLES)
reader = access.roles(*READER_ROLES)


@dataclass(frozen=True)
class RegisterPages(Generic[R, V]):
    """The pages of a register.

    The addresses of a revision's steps begin with its own. `said` puts a revision
    into words, `crumbs` tells the way to an owner's pages, `more` gives what the pages of a revision have beside its words,
    `facts` what the pages of a version have beside its lines. `columns` are those of a version's lines between name and division,
    `waiting` those of what can be composed.
    """

    register: Register[R, V]
    said: Callable[[R], Sequence[Shown]]
    changes: Callable[[V], list[tuple[R, list[Changed]]]]
    crumbs: Callable[[Any], Crumbs]
    #: Where a version stands in public: name of the address and its arguments.
    public: Callable[[V], str]
    #: Words of a line: 事项; and of the columns of its name and its division: 抽查事项, 责任科室.
    word: str
    name: str
    division: str
    columns: tuple[Column[R], ...]
    #: Why a line carries nothing today, by revision.
    failing: Callable[[Sequence[R]], Mapping[int, str]]
    title_of: Callable[[Any], str]
    help: str
    waiting: tuple[Column[R], ...] = ()
    more: Callable[[R], Mapping[str, Any]] = lambda _row: {}
    facts: Callable[[V, Sequence[R], Sequence[R]], Mapping[str, Any]] = lambda _version, _rows, _taken: {}
    #: What a leader is told above and beneath the lines.
    warning: str = ""
    follows: str = ""
    #: What changes what is published: 下一版调整.
    later: str = ""
    fails: str = ""
    #: Templates that show what is this register's alone.
    consult_template: str = "planning/register/consult.html"
    decide_template: str = "planning/register/decide.html"

    @property
    def revision(self) -> str:
        """Return the name of the address of a revision."""
        return self.register.address

    def page(self, row: R) -> str:
        """Return the address of a revision."""
        return self.register.revisions.page(row)

    def at(self, version: V) -> str:
        """Return the address of a version."""
        return self.register.decisions.page(version)

    def row_for(self, request: HttpRequest, code: str, number: int) -> tuple[User, R]:
        """Return who asks, and the revision; Http404 where it is not for them to know."""
        user = user_of(request)
        return user, self.register.records.revision_for(user, code, number)

    def crumbs_of(self, row: R | V) -> Crumbs:
        """Return the way to what a revision or a version belongs to."""
        return self.crumbs(self.register.records.owner_of(row))

    # A revision.

    def told(self, row: R) -> dict[str, Any]:
        """Return what every page of a revision shows."""
        before = self.register.records.before(row)
        shown = self.said(row)
        differs = before is not None and row.change == ChangeKind.CHANGE
        return {
            "row": row,
            "words": self.register.words,
            "word": self.word,
            "shown": shown,
            "before": before,
            "changes": changed(self.said(before), shown) if before is not None and differs else [],
            "crumbs": self.crumbs_of(row),
            "address": self.revision,
            **self.more(row),
        }

    def whole(self, user: User, row: R) -> dict[str, Any]:
        """Return what the page of a revision shows: its words, and the steps that the user may take."""
        revisions, records = self.register.revisions, self.register.records
        draft = row.state == RevisionState.DRAFT
        drafts = not self.register.may_draft(user, row)
        open_to = {step.verb for step in revisions.open_to(user, row)}
        stands = records.holds(row)
        history = list(records.history(row))
        return {
            **self.told(row),
            "hindrances": self.register.hindrances(row) if draft else [],
            "drafts": drafts,
            "may_edit": draft and drafts,
            "may_consult": "consult" in open_to,
            "may_return": row.state == RevisionState.CONSULTED and "return" in open_to and not row.composed,
            "may_change": stands and drafts and not any(other.state in OPEN_STATES for other in history),
            "stands": stands,
            "under_way": row.state in OPEN_STATES,
            "others": history,
            "seen": versions.version_of(row),
            "entries": timeline_of(row.ledger_subject),
            "edit": f"{self.revision}-edit",
            **{
                name: f"{self.revision}-{name}"
                for name in ("submit", "drop", "change", "withdraw", "consult", "return")
            },
        }

    def submit_view(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Send a draft to the other side."""
        user, row = self.row_for(request, code, number)
        seen = request.POST.get("seen", "")
        return deed(
            request, lambda: self.register.submit(user, row, seen=seen), done="已送会同审核。", to=self.page(row)
        )

    def drop_view(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Give a draft up."""
        user, row = self.row_for(request, code, number)
        done = "已放弃这份修订，记录保留。"
        return deed(request, lambda: self.register.drop(user, row), done=done, to=self.page(row))

    def change_view(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Begin to change what stands."""
        user, row = self.row_for(request, code, number)
        return deed(
            request,
            lambda: self.register.draft_change(user, row, ChangeKind.CHANGE),
            to=lambda made: reverse(f"{self.revision}-edit", args=[code, made.number]),
            back=self.page(row),
        )

    def withdraw_view(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Propose to take something off, with a reason; the next version does it."""
        user, row = self.row_for(request, code, number)
        words = self.register.words
        return submit(
            request,
            lambda data: WhyForm(data, whole=words.short, article=words.article),
            lambda form: self.register.draft_change(user, row, ChangeKind.WITHDRAW, why=form.cleaned_data["why"]),
            template="form.html",
            to=self.page,
            done=f"已起草取消，送会同审核后编入下一版{words.short}。",
            context={
                "title": f"起草取消：{row}",
                "sub": f"取消随下一版{words.short}生效；已公布的各版本永久可查，编码不再使用。",
                "crumbs": [*self.crumbs_of(row), (row.code, self.page(row))],
                "act": "保存为草稿",
            },
        )

    def consult_view(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Show what would be agreed to; agree or return."""
        _user, row = self.row_for(request, code, number)
        wrong = self.register.hindrances(row) if row.state == RevisionState.SUBMITTED else []
        seen = request.POST.get("seen") or versions.version_of(row)
        facts = [Fact("起草", f"{row.drafted_by}"), Fact("变动", str(row.get_change_display()))]
        return thing.decide(
            request,
            self.register.revisions,
            row,
            verbs=("return",) if wrong else ("consult", "return"),
            acts={
                "consult": lambda user, row, remark: self.register.consult(user, row, remark=remark, seen=seen),
                "return": lambda user, row, remark: self.register.send_back(user, row, remark=remark),
            },
            facts=[*facts, *([Fact(f"{row.get_change_display()}理由", row.why)] if row.why else [])],
            title=f"会同审核：{row}",
            sub=f"{row.code} · {row.get_change_display()} · {row.division} · {row.drafted_by}起草",
            template=self.consult_template,
            context={**self.told(row), "wrong": wrong, "seen": seen, "back": self.page(row)},
        )

    def return_view(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Return what was agreed to already, as long as no leader has it before them."""
        user, row = self.row_for(request, code, number)
        form = RemarkForm(request.POST)
        form.is_valid()
        remark = form.cleaned_data.get("remark", "")
        done = "已退回起草人修改。"
        return deed(request, lambda: self.register.send_back(user, row, remark=remark), done=done, to=self.page(row))

    def write(
        self,
        request: HttpRequest,
        row: R,
        form_of: Callable[[QueryDict | None], F],
        save: Callable[[F], R],
        *,
        template: str,
        context: Callable[[F], Mapping[str, Any]],
        clash: Callable[[F, R, DomainError], HttpResponse],
    ) -> HttpResponse:
        """Write a draft; whoever comes second is shown by `clash(form, row, error)` what the other one saved."""
        if row.state != RevisionState.DRAFT or row.change == ChangeKind.WITHDRAW:
            messages.warning(request, f"这份修订现在不能修改。已公布的内容只能由{self.later}。")
            return redirect(self.page(row))

        def met(form: F, error: DomainError) -> HttpResponse | None:
            if not isinstance(error, versions.EditedMeanwhileError):
                return None
            return clash(form, self.register.records.revision_for(user_of(request), row.code, row.number), error)

        done, to = "已保存草稿。", self.page(row)
        return submit(request, form_of, save, template=template, to=to, done=done, context=context, clash=met)

    # A version.

    def compose(self, request: HttpRequest, owner: models.Model) -> HttpResponse:
        """Choose what was agreed to, say why, and send the version to a leader."""
        user, records, words = user_of(request), self.register.records, self.register.words
        waiting, current = records.consulted(owner), records.current(owner)
        picked = set(request.POST.getlist("pick"))
        chosen = [row for row in waiting if f"{row.code}/{row.number}" in picked]
        return submit(
            request,
            lambda data: ComposeForm(
                data, title=current.title if current else self.title_of(owner), whole=words.short, help_text=self.help
            ),
            lambda form: self.register.compose(user, owner, taken=chosen, **form.cleaned_data),
            template="planning/register/compose.html",
            to=self.at,
            done="已报批，等待分管领导或主要领导批准。",
            context={
                "waiting": [
                    (row, request.method == "GET" or row in chosen, [cell_of(one, row) for one in self.waiting])
                    for row in waiting
                ],
                "pages": self,
                "words": words,
                "current": current,
                "pending": records.pending(owner),
                "crumbs": self.crumbs(owner),
            },
        )

    def _context(self, version: V) -> dict[str, Any]:
        rows, taken = self.register.records.content(version), self.register.records.changes(version)
        failing = self.failing(rows)
        return {
            "version": version,
            "pages": self,
            "words": self.register.words,
            "address": self.revision,
            "changes": self.changes(version),
            "rows": [(row, failing.get(row.pk, ""), [cell_of(one, row) for one in self.columns]) for row in rows],
            "failing": len(failing),
            "crumbs": self.crumbs_of(version),
            **self.facts(version, rows, taken),
        }

    def version_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show a version: what it changes word for word, all that stands in it, who did what."""
        user = user_of(request)
        found = self.register.records.version_for(user, code)
        pending = found.state == VersionState.PENDING
        leads = user.has_role(*LEADER_ROLES) and user.organ_id == self.register.records.organ_of(found).pk
        context = {
            **self._context(found),
            "organ": self.register.records.organ_of(found),
            "public_page": self.public(found) if found.state == VersionState.PUBLISHED else "",
            "decide": reverse(self.register.deciding, args=[found.code]) if pending and leads else "",
            "entries": timeline_of(self.register.decisions.subject(found)),
        }
        return render(request, "planning/register/version.html", context)

    def decide_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show exactly what would be published; approve it, which publishes, or return it."""
        found = self.register.records.version_for(user_of(request), code)
        return thing.decide(
            request,
            self.register.decisions,
            found,
            acts={
                "publish": lambda user, row, remark: self.register.publish(user, row, remark=remark),
                "return": lambda user, row, remark: self.register.return_version(user, row, remark=remark),
            },
            facts=[Fact("编制或调整理由", found.why)],
            title=f"审批：{found.title}",
            sub=f"{found.composed_by} 报批",
            note=self.follows,
            to=self.at(found),
            template=self.decide_template,
            context={**self._context(found), "back": self.at(found)},
        )

    # Addresses.

    def revision_paths(self, prefix: str) -> list[URLPattern]:
        """Return the addresses of a revision's steps, below `prefix`."""
        name = self.revision.partition(":")[2]
        posts = {
            "submit": self.submit_view,
            "drop": self.drop_view,
            "change": self.change_view,
            "return": self.return_view,
        }
        forms = {"withdraw": self.withdraw_view, "consult": self.consult_view}
        return [
            *(
                path(f"{prefix}{verb}/", require_POST(officer(view)), name=f"{name}-{verb}")
                for verb, view in posts.items()
            ),
            *(
                path(f"{prefix}{verb}/", require_http_methods(["GET", "POST"])(officer(view)), name=f"{name}-{verb}")
                for verb, view in forms.items()
            ),
        ]

    def version_paths(self, prefix: str) -> list[URLPattern]:
        """Return the addresses of a version and of the decision on it, below `prefix`."""
        decision = self.register.deciding.partition(":")[2]
        decide = require_http_methods(["GET", "POST"])(leader(self.decide_view))
        return [
            path(prefix, require_GET(reader(self.version_view)), name=self.register.version_address.partition(":")[2]),
            path(f"{prefix}decide/", decide, name=decision),
        ]
