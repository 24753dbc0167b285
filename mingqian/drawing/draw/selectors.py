"""Reading draws: for the bureau's people, for the public, who carries their work; the files of a draw as the protocol names them."""

import io
import json
import zipfile
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

import mingqian_draw as mq
from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below, user_of
from mingqian.accounts.states import LEADER_ROLES, READER_ROLES
from mingqian.casework.officers import officer_of, refuse
from mingqian.common.rows import row_or_404
from mingqian.documents.files import services as file_services
from mingqian.drawing.draw.states import LIVE, DrawState
from mingqian.drawing.models.changes import Supplement
from mingqian.drawing.models.draws import Draw
from mingqian.ledger import models as ledger_models, selectors as ledger
from mingqian.ledger.models import Entry
from mingqian.planning.selectors import lock_task
from mingqian.planning.tasks.states import TaskState
from mingqian_draw import build_pyz


def draws_visible_to(user: User) -> QuerySet[Draw]:
    """Return the draws of the user's organ and of those below it (art. 4), for those who work with them."""
    if not user.has_role(*READER_ROLES):
        return Draw.objects.none()
    return Draw.objects.filter(organ__in=organs_below(user.organ)).select_related("division", "sealed_by", "organ")


def draw_for(user: User, code: str) -> Draw:
    """Return the draw, or raise Http404 where it is not for `user` to know."""
    return row_or_404(draws_visible_to(user).filter(code=code), "没有找到这次抽取，或它不属于您的机关。")


def draw_at(request: HttpRequest, code: str) -> tuple[User, Draw]:
    """Return who asks and the draw, or raise Http404 where it is not for them to know."""
    user = user_of(request)
    return user, draw_for(user, code)


def under_way_with(organ: Organ, numbers: frozenset[str]) -> list[str]:
    """Return a sentence for each sealed draw of the organ, not yet opened, in whose pool a subject with one of `numbers` is."""
    found = []
    for draw in Draw.objects.filter(organ=organ, state__in=LIVE).order_by("pk"):
        held = sorted(numbers & names_of(draw).keys())
        if held:
            found.append(
                f"{'、'.join(held)}在正在进行的抽取 {draw.draw_id}（{draw.get_state_display()}）的名单里，那次抽取仍使用原登记号。"
            )
    return found


def public_draws() -> QuerySet[Draw]:
    """Return every sealed draw of every organ: the digests are public from the first moment."""
    return Draw.objects.select_related("organ", "division")


def other_seals(draw: Draw) -> QuerySet[Draw]:
    """Return every other seal for the same inspection: of the task, and of tasks that were given up for the same time of the plan's entry.

    Else a task with a voided draw could be cancelled and opened anew, and the new number would show no void (draw protocol, "void").
    """
    same = Q(scope=draw.scope)
    if draw.task is not None:
        same |= Q(task__entry=draw.task.entry_id, task__round=draw.task.round)
    return public_draws().filter(same, organ=draw.organ).exclude(pk=draw.pk).order_by("sealed_at")


def public_draw(code: str) -> Draw:
    """Return a draw for the public side, or raise Http404."""
    return row_or_404(public_draws().filter(code=code), "没有找到这次抽取。请从公示端的列表进入，或核对抽取编号。")


TABLES = ("subjects.tsv", "inspectors.tsv", "conflicts.tsv")
_STEPS = {"draw.seal": "seal", "draw.close": "close", "draw.result": "result", "draw.void": "void"}


def bundle_files(draw: Draw) -> dict[str, bytes]:
    """Return the files of the bundle as far as the draw has come, without `ledger.json`."""
    files = {
        "subjects.tsv": file_services.read(draw.subjects_file),
        "inspectors.tsv": file_services.read(draw.inspectors_file),
        "conflicts.tsv": file_services.read(draw.conflicts_file),
        "seal.json": bytes(draw.seal_json),
    }
    for name, content in (
        ("reveal.json", draw.reveal_json),
        ("result.json", draw.result_json),
        ("void.json", draw.void_json),
    ):
        if content is not None:
            files[name] = bytes(content)
    for supplement in numbered(draw):
        files |= supplement.files()
    return files


def numbered(draw: Draw) -> list[Supplement]:
    """Return the supplements of a draw, by number; what is only asked for is none."""
    return list(draw.supplements.filter(number__isnull=False).order_by("number"))


def entries_of(draw: Draw) -> list[tuple[int, Entry]]:
    """Return (number, entry) of what the ledger has on the draw (number 0) and its supplements, in its order."""
    found = [(0, entry) for entry in ledger.entries_on(draw.ledger_subject)]
    for supplement in numbered(draw):
        found += [(supplement.number or 0, entry) for entry in ledger.entries_on(supplement.ledger_subject)]
    return sorted(found, key=lambda pair: pair[1].index)


def ledger_json(draw: Draw) -> bytes:
    """Return the proofs that each step of the draw was on the log before the next (`docs/ledger-format.md`)."""
    last = ledger.latest_checkpoint()
    if last is None:
        raise ValueError("the log is empty, but a draw is sealed")
    anchors = []
    for number, entry in entries_of(draw):
        step = _STEPS.get(entry.verb)
        if step is None:
            continue
        checkpoint = ledger.checkpoint_after(entry.index)
        anchors.append(
            {
                "step": step,
                "number": number,
                "index": entry.index,
                "entry": entry.body(),
                "checkpoint": checkpoint.note,
                "inclusion": ledger.inclusion(entry.index, checkpoint.size),
                "consistency": ledger.consistency(checkpoint.size, last.size),
            }
        )
    document = {
        "format": "mingqian-ledger-1",
        "key": str(ledger.log_key()),
        "checkpoint": last.note,
        "anchors": anchors,
    }
    return ledger_models.canonical(document)


def bundle_zip(draw: Draw) -> bytes:
    """Return the bundle with `ledger.json` as a ZIP archive that is the same for the same content."""
    files = {**bundle_files(draw), "ledger.json": ledger_json(draw)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def names_of(draw: Draw) -> dict[str, tuple[str, str]]:
    """Return number -> (name, district or division), as it stood when the draw was sealed; who joined later, as it stood then."""
    rows = (line.split("\t") for line in file_services.read(draw.names_file).decode().split("\n") if line)
    names = {row[0]: (row[1], row[2]) for row in rows}
    for supplement in numbered(draw):
        names |= {number: (name, division) for number, (name, division) in supplement.names.items()}
    return names


def result_of(draw: Draw) -> dict[str, Any]:
    """Return `result.json` as an object; raise ValueError where the draw is not opened."""
    if draw.result_json is None:
        raise ValueError(f"{draw.draw_id} is not opened")
    found: dict[str, Any] = json.loads(bytes(draw.result_json))
    return found


def seal_of(draw: Draw | Supplement) -> dict[str, Any]:
    """Return `seal.json` of a draw, or of a sealed supplement, as an object."""
    found: dict[str, Any] = json.loads(bytes(draw.seal_json or b"{}"))
    return found


def void_of(draw: Draw) -> dict[str, Any] | None:
    """Return `void.json` as an object, None where the draw is not void."""
    return None if draw.void_json is None else json.loads(bytes(draw.void_json))


def secret_of(draw: Draw) -> str:
    """Return the system's secret once it is published, "" before."""
    content = draw.reveal_json if draw.reveal_json is not None else draw.void_json
    return "" if content is None else str(json.loads(bytes(content))["secret"])


def verifier_archive() -> bytes:
    """Return `mingqian_draw.pyz`."""
    return build_pyz.build()


def problems_of(draw: Draw) -> list[str]:
    """Check a draw from its files and the log, as a stranger would; return what is wrong, in Chinese.

    That a live draw or supplement has no result yet is no problem.
    """
    try:
        report = mq.verify({**bundle_files(draw), "ledger.json": ledger_json(draw)}, log_key=str(ledger.log_key()))
    except (file_services.FileDamagedError, ValueError) as error:
        return [f"文件不全或被改动（{error}）"]
    live = draw.is_live or any(supplement.is_making for supplement in numbered(draw))
    return [problem.text("zh") for problem in report.problems if problem.code != "pending" or not live]


def why_not_officer(user: User, draw: Draw) -> str:
    """Say why `user` does not carry the draw's work, "" for an officer of its division, or of the regulations division (art. 9)."""
    return officer_of(user, draw.organ_id, draw.division)


def is_officer(user: User, draw: Draw) -> bool:
    """Say whether `user` carries the draw's work."""
    return not why_not_officer(user, draw)


def refuse_stranger(user: User, draw: Draw) -> None:
    """Let only those who carry the draw's work go on."""
    refuse(why_not_officer(user, draw))


def take(draw: Draw) -> None:
    """Hold organ and task before the log is written: whoever else needs them takes them in this order, so nobody waits in a circle."""
    hold(draw.organ_id)
    if draw.task is not None:
        lock_task(draw.task)


def digits_of(thing: Draw | Supplement) -> list[str]:
    """Return what was contributed to a draw, or to a supplement, in order."""
    return list(thing.contributions.order_by("position").values_list("digits", flat=True))


def why_not_publish(user: User, draw: Draw) -> str:
    """Say why `user` does not publish a list that was kept back: its officers do after the inspections, before that only a leader."""
    over = draw.task is None or draw.task.state == TaskState.DONE
    if user.organ_id != draw.organ_id or not (is_officer(user, draw) if over else user.has_role(*LEADER_ROLES)):
        return "检查结束之后由任务所属科室或综合法规科公布名单；检查尚未结束，提前公布须由本机关领导决定。"
    return ""


def teams_of(draw: Draw) -> dict[str, list[str]]:
    """Return subject → team as it stands after all supplements; {} where the draw is not opened."""
    return mq.assignments_now(bundle_files(draw)) if draw.state == DrawState.OPENED else {}


def hold(organ_id: int) -> None:
    """Hold the organ before anything else, as an opening does: organ, task, draw, visit, ledger, so that nobody waits in a circle.

    Rows that merely refer to the organ may be added all the while.
    """
    Organ.objects.select_for_update(no_key=True).get(pk=organ_id)
