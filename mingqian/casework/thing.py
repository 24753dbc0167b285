"""The page of a thing: what it is about, how it stands, until when, who did what; and the steps that its reader may take.

`decide` is the page of an approval alone; `show` has clocks and time line too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from mingqian.accounts.models import User
from mingqian.accounts.selectors import user_of
from mingqian.casework.clocks.selectors import clocks_on
from mingqian.casework.procedure import Offer, Procedure, Step
from mingqian.common.errors import DomainError
from mingqian.ledger import selectors as ledger
from mingqian.ledger.models import Entry, Recorded
from mingqian.pages.submission import deed, submit

T = TypeVar("T", bound=Recorded)
#: A service that does more than take the step.
Act = Callable[..., Any]


class RemarkForm(forms.Form):
    """The words of a decision; which button was pressed says what is decided."""

    remark = forms.CharField(label="意见", required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    decision = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Fact:
    """A line of what a thing is about."""

    title: str
    text: str
    href: str = ""


def timeline_of(*subjects: str) -> list[tuple[Entry, dict[str, Any]]]:
    """Return what was done with a thing, by its ledger names, oldest first, each act with its details."""
    entries = [entry for subject in subjects for entry in ledger.entries_on(subject)]
    return [(entry, ledger.details_of(entry)) for entry in sorted(entries, key=lambda entry: entry.index)]


@dataclass(frozen=True)
class _Choice(Generic[T]):
    """What a user may do with a thing as it stands, of some verbs or of all."""

    procedure: Procedure[T]
    user: User
    row: T
    verbs: Sequence[str] | None
    acts: Mapping[str, Act] | None

    @property
    def offers(self) -> list[Offer[T]]:
        found = self.procedure.offers(self.user, self.row)
        return [offer for offer in found if self.verbs is None or offer.step.verb in self.verbs]

    @property
    def known(self) -> set[str]:
        """Return the verbs that the page can be sent with, also one that has just become impossible."""
        steps = {step.verb for step in self.procedure.steps if not step.hidden}
        return steps if self.verbs is None else steps & set(self.verbs)

    def take(self, form: RemarkForm) -> Any:
        verb, remark = form.cleaned_data["decision"], form.cleaned_data.get("remark", "")
        if verb not in self.known:
            raise DomainError("请按一个按钮表明意见。")
        if (special := (self.acts or {}).get(verb)) is not None:
            return special(self.user, self.row, remark=remark)
        return self.procedure.take(self.user, self.row, verb, remark=remark)

    def done(self, verb: str, made: Any) -> str:
        done = self.procedure.step(verb).done
        return done(made) if callable(done) else done


def _form(data: QueryDict | None, steps: Sequence[Step[Any]]) -> RemarkForm:
    form = RemarkForm(data)
    asked = [(step, step.remark) for step in steps if step.remark is not None]
    field = form.fields["remark"]
    if not asked:
        del form.fields["remark"]
        return form
    field.label = asked[0][1].label
    needed = "、".join(step.label for step, remark in asked if not remark.optional)
    field.help_text = f"{needed}的须写明。" if needed else "可以不填。"
    return form


def decide(
    request: HttpRequest,
    procedure: Procedure[T],
    row: T,
    *,
    verbs: Sequence[str] | None = None,
    acts: Mapping[str, Act] | None = None,
    facts: Sequence[Fact] = (),
    title: str = "",
    sub: str = "",
    note: str = "",
    to: str | Callable[[Any], str] = "",
    template: str = "casework/thing.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer the page on which a user takes one of `verbs` (default: all that the state offers) on `row`.

    Where none is open to them it says why not. `acts` are services that do more than take the step (`act(user, row, remark=)`); `note`
    says what follows.
    """
    choice = _Choice(procedure, user_of(request), row, verbs, acts)
    offers = choice.offers
    allowed = [offer.step for offer in offers if not offer.why_not]
    return submit(
        request,
        lambda data: _form(data, allowed or [offer.step for offer in offers]),
        choice.take,
        template=template,
        to=to or procedure.page(row),
        done=lambda made: choice.done(request.POST["decision"], made),
        context={
            "row": row,
            "facts": facts,
            "title": title or f"审批{procedure.thing}",
            "sub": sub or procedure.title(row),
            "note": note,
            "steps": allowed,
            "refused": "" if allowed else next((offer.why_not for offer in offers), ""),
            "over": not offers,
            "back": procedure.page(row),
            **(context or {}),
        },
    )


def press(
    request: HttpRequest, procedure: Procedure[T], row: T, verb: str, act: Act, *, to: str = "", **asked: Any
) -> HttpResponse:
    """Answer a button of a row that stands on the page of something else: `act(user, row, **asked)`, with its remark where it has one."""
    user, step = user_of(request), procedure.step(verb)
    if step.remark is not None:
        asked["remark"] = request.POST.get("remark", "")
    return deed(request, lambda: act(user, row, **asked), done=step.done, to=to or procedure.page(row))


def show(request: HttpRequest, procedure: Procedure[T], row: T, **more: Any) -> HttpResponse:
    """Answer the page of a thing, with its clocks and its time line; the arguments are those of `decide`."""
    subject = procedure.subject(row)
    whole = {"clocks": clocks_on(subject), "timeline": timeline_of(subject), "whole": True}
    more["context"] = {**whole, **(more.get("context") or {})}
    return decide(request, procedure, row, **{"title": procedure.thing, **more})
