"""The page on which somebody decides: what is asked, by whom, since when, and the same buttons everywhere, from the table of steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from mingqian.accounts.selectors import user_of
from mingqian.casework.procedure import Offer, Procedure
from mingqian.common.errors import DomainError
from mingqian.common.pages import submit
from mingqian.ledger.models import Recorded

T = TypeVar("T", bound=Recorded)


class DecisionForm(forms.Form):
    """The words of a decision; which button was pressed says what is decided."""

    remark = forms.CharField(
        label="意见", required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3, "class": "mq-input"})
    )
    decision = forms.CharField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Fact:
    """A line of what is decided on."""

    title: str
    text: str


def _act(user: Any, row: T, procedure: Procedure[T], acts: Mapping[str, Callable[..., T]], form: DecisionForm) -> T:
    verb = form.cleaned_data["decision"]
    remark = form.cleaned_data["remark"]
    if (act := acts.get(verb)) is not None:
        return act(user, row, remark=remark)
    return procedure.take(user, row, verb, remark=remark)


def decide(
    request: HttpRequest,
    procedure: Procedure[T],
    row: T,
    *,
    verbs: Sequence[str],
    facts: Sequence[Fact] = (),
    acts: Mapping[str, Callable[..., T]] | None = None,
    to: str | Callable[[T], str] = "",
    title: str = "",
    sub: str = "",
    note: str = "",
    template: str = "casework/decide.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer the page on which `user` takes one of `verbs` on `row`; where none is open to them, the sentence that says why not.

    `acts` are services that do more than take the step (`act(user, row, remark=)`); `note` says what follows from the decision.
    """
    user = user_of(request)
    offers: list[Offer[T]] = [offer for offer in procedure.offers(user, row) if offer.step.verb in verbs]
    allowed = {offer.step.verb for offer in offers if not offer.why_not}

    def form_of(data: QueryDict | None) -> DecisionForm:
        form = DecisionForm(data)
        remarks = [o.step.remark for o in offers if o.step.remark is not None]
        form.fields["remark"].label = remarks[0].label if remarks else "意见"
        needed = [o.step.label for o in offers if o.step.remark is not None and not o.step.remark.optional]
        form.fields["remark"].help_text = f"{'、'.join(needed)}的须写明。" if needed else "可以不填。"
        return form

    def act(form: DecisionForm) -> T:
        if form.cleaned_data["decision"] not in {step.verb for step in procedure.steps if step.verb in verbs}:
            raise DomainError("请按一个按钮表明意见。")
        return _act(user, row, procedure, acts or {}, form)

    def done(_made: T) -> str:
        return procedure.step(request.POST.get("decision", "")).done

    return submit(
        request,
        form_of,
        act,
        template=template,
        to=to or procedure.page,
        done=done,
        context={
            "row": row,
            "facts": facts,
            "title": title or f"审批{procedure.thing}",
            "sub": sub or procedure.title(row),
            "note": note,
            "steps": [offer.step for offer in offers if offer.step.verb in allowed],
            "refused": "" if allowed else next((o.why_not for o in offers), ""),
            "over": not offers,
            "back": procedure.page(row),
            **(context or {}),
        },
    )
