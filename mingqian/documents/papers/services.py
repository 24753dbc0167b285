"""Numbering papers, wording them, and giving them out as PDF or Word."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from mingqian.accounts.models import Division, Organ, User
from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.common.errors import DomainError, NotAllowedError
from mingqian.common.tables import disposition
from mingqian.documents.models.papers import PaperNumber, PaperSeries, Wording
from mingqian.documents.papers import pdf, word
from mingqian.documents.papers.states import Paper, PaperKind, check, fill
from mingqian.ledger import services as ledger

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def wording(organ: Organ, kind: PaperKind, at: datetime | None = None) -> dict[str, str]:
    """Return the wording of every part of `kind` in this organ: its own where it has one, else what ships; as of `at`, or now.

    A paper that got its number keeps the words of that moment, since people signed under them.
    """
    found = {part.key: part.default for part in kind.parts}
    # In rising order, so that the newest version stays.
    rows = Wording.objects.filter(organ=organ, kind=kind.key).order_by("version")
    if at is not None:
        rows = rows.filter(changed_at__lte=at)
    own = {row.part: row.text for row in rows}
    return found | {key: text for key, text in own.items() if text and key in found}


@transaction.atomic
def change_wording(user: User, kind: PaperKind, texts: Mapping[str, str], *, why: str, seen: str) -> list[str]:
    """Word parts of a kind of paper anew for the user's organ, and return the labels of what changed.

    A text equal to what ships takes the part back to it. `seen` is the digest of the wording that the user was shown; raise DomainError
    where somebody changed it meanwhile, a name is unknown or a text empty. Papers already made stay as they are.
    """
    if not user.has_role(Role.REGULATIONS_OFFICER):
        raise NotAllowedError("文书用语由综合法规科修改。")
    Organ.objects.select_for_update(no_key=True).get(pk=user.organ_id)
    before = wording(user.organ, kind)
    if seen != digest_of(before):
        raise DomainError("在您修改期间，他人已经改动了用语。您填写的内容还在，请刷新核对后再保存。")
    if not why.strip():
        raise DomainError("请写明修改原因。")
    rows, labels = [], []
    for part in kind.parts:
        text = texts[part.key].replace("\r\n", "\n").strip()
        check(part, text)
        if text == before[part.key]:
            continue
        last = Wording.objects.filter(organ=user.organ, kind=kind.key, part=part.key).first()
        rows.append(
            Wording.objects.create(
                organ=user.organ,
                kind=kind.key,
                part=part.key,
                version=last.version + 1 if last else 1,
                text="" if text == part.default else text,
                why=why.strip(),
                changed_by=user.actor,
                changed_at=clock.now(),
            )
        )
        labels.append(part.label)
    if rows:
        details = {"parts": labels, "why": why.strip()}
        ledger.record(user.actor, "paper.wording", f"wording/{user.organ.code}/{kind.key}", rows=rows, details=details)
    return labels


def digest_of(texts: Mapping[str, str]) -> str:
    """Return by what a wording is recognised."""
    return hashlib.sha256(json.dumps(dict(texts), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def give_number(user: User, kind: PaperKind, *, about: str, division: Division | None, organ: Organ) -> PaperNumber:
    """Return the number of the paper of `kind` about a thing; given now where it has none yet.

    Runs without gaps for each division (or the organ), kind and calendar year: the series is locked, so that two who ask at once get two
    numbers and a rolled back act gives its number back.
    """
    given = PaperNumber.objects.filter(series__organ=organ, series__kind=kind.key, about=about)
    found = given.first()
    if found is not None:
        return found
    key: dict[str, Any] = {"organ": organ, "division": division, "kind": kind.key, "year": clock.today().year}
    PaperSeries.objects.get_or_create(**key)
    series = PaperSeries.objects.select_for_update(no_key=True).get(**key)
    found = given.first()
    if found is not None:
        return found
    series.last += 1
    series.save()
    names = {
        "机关简称": organ.short_name,
        "科室": division.name if division else "",
        "年": str(series.year),
        "号": str(series.last),
    }
    number = PaperNumber.objects.create(
        series=series,
        serial=series.last,
        text=fill(wording(organ, kind)["number"], names)[:200],
        about=about,
        given_by=user.actor,
        given_at=clock.now(),
    )
    ledger.record(user.actor, "paper.number", about, rows=[series, number], details={"number": number.text})
    return number


def render(papers: Sequence[Paper], form: str, at: datetime) -> bytes:
    """Return papers as one file, `form` being `pdf` or `docx`; raise DomainError where it cannot be made here."""
    return pdf.render(papers, at) if form == "pdf" else word.render(papers)


def paper_response(
    papers: Sequence[Paper], form: str, name: str, at: datetime, files: Mapping[str, bytes] | None = None
) -> HttpResponse:
    """Give papers out as a file of `form`, `pdf` or `docx`; `files` are the scans that a PDF shows."""
    content = pdf.render(papers, at, files) if form == "pdf" else word.render(papers)
    response = HttpResponse(content, content_type=_TYPES[form])
    response["Content-Disposition"] = disposition(f"{name}.{form}")
    return response
