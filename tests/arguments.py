"""What the addresses are about: things for the arguments of each, on one stage."""

from datetime import timedelta

from mingqian.accounts.states import Role
from mingqian.common import clock
from mingqian.drawing.models import Draw, PeopleRequest
from mingqian.drawing.tests import changes
from mingqian.drawing.voids import services as void_services
from mingqian.planning.burden import services as burden_services
from mingqian.planning.burden.states import Ground
from mingqian.planning.imports import services as import_services
from mingqian.planning.models import ItemRevision
from mingqian.planning.tests import stages
from mingqian.registry.experts import services as expert_services
from mingqian.registry.experts.services import ExpertValues
from mingqian.registry.experts.states import ExpertKind
from mingqian.registry.libraries import services as library_services
from mingqian.registry.merging import services as merging_services
from mingqian.registry.models import Inspector, Subject
from mingqian.registry.parts import services as part_services
from mingqian.registry.parts.states import FlagKind
from mingqian.registry.people import services as people_services
from mingqian.registry.people.states import InterestKind, OutReason
from mingqian.rules.models import RuleSet
from mingqian.rules.sets import services as rule_services
from mingqian.rules.states import SetKind
from mingqian.testing import Bureau, make_draft, opened_draw, sealed_draw


def make_rule_set(bureau: Bureau) -> RuleSet:
    """Begin a version of the bureau's rules."""
    return rule_services.begin(
        bureau.user(Role.REGULATIONS_OFFICER),
        division=None,
        kind=SetKind.REFINEMENT,
        name="细化规定",
        basis="",
        why="工作需要",
        effective_from=clock.today() + timedelta(days=30),
    )


def special_arguments(bureau: Bureau, subject: Subject) -> dict[str, dict[str, object]]:
    """Record an inspection outside the lottery; return where its pages are."""
    today = clock.today()
    values = burden_services.SpecialValues(Ground.COMPLAINT, "举报核查", "举报〔2026〕7号", "能耗数据", today, today)
    two = list(Inspector.objects.filter(organ=bureau.organ)[:2])
    special = burden_services.record_special(bureau.officer, values, subjects=[subject], inspectors=two)
    where: dict[str, object] = {"code": special.code}
    return {
        "burden:special": where,
        "burden:special-withdraw": where,
        "burden:visits": {"number": subject.number},
    }


def people_arguments(bureau: Bureau, subject: Subject, inspector: Inspector) -> dict[str, dict[str, object]]:
    """Put something of everything beside an inspector, and an expert; return where their pages are."""
    today = clock.today()
    absence = people_services.add_absence(bureau.officer, inspector, reason=OutReason.TRAVEL, since=today, until=today)
    interest = people_services.add_interest(bureau.officer, inspector, subject, kind=InterestKind.OTHER, since=today)
    held = people_services.add_qualification(bureau.officer, inspector, name="内审员", number="1", valid_until=None)
    values = ExpertValues(kind=ExpertKind.EXPERT, name="钱教授", speciality="节能")
    expert = expert_services.add_expert(bureau.officer, values)
    names = ("inspector", "inspector-edit", "inspector-account", "inspector-fields")
    more = ("absence-new", "interest-new", "qualification-new")
    return {
        **{f"registry:{name}": {"number": inspector.certificate_number} for name in (*names, *more)},
        "registry:absence-end": {"pk": absence.pk},
        "registry:interest-end": {"pk": interest.pk},
        "registry:qualification-withdraw": {"pk": held.pk},
        "registry:expert": {"number": expert.number},
        "registry:expert-edit": {"number": expert.number},
        "registry:expert-reveal": {"number": expert.number},
    }


def subject_arguments(bureau: Bureau, subject: Subject) -> dict[str, dict[str, object]]:
    """Put something of everything beside a subject; return where the pages are."""
    officer, today = bureau.officer, clock.today()
    library = library_services.add_library(officer, code="minbao", name="民爆", basis="鲁工信〔2026〕1号")
    permit = part_services.add_permit(officer, subject, name="生产许可", number="1", since=today)
    flag = part_services.add_flag(officer, subject, kind=FlagKind.SERIOUS, source="市应急局", since=today)
    exemption = part_services.add_exemption(
        officer, subject, code="miansao-2026", basis="鲁政办〔2026〕1号", source="市发改委", since=today
    )
    other = Subject.objects.filter(organ=bureau.organ).exclude(pk=subject.pk)[0]
    apart = merging_services.keep_apart(officer, subject, other, why="两家单位")
    names = (
        "subject",
        "subject-edit",
        "subject-reveal",
        "subject-libraries",
        "permit-new",
        "flag-new",
        "exemption-new",
    )
    parts: dict[str, object] = {"permit": permit.pk, "flag": flag.pk, "exemption": exemption.pk}
    return {
        **{f"registry:{name}": {"number": subject.number} for name in names},
        **{f"registry:{kind}-{act}": {"pk": pk} for kind, pk in parts.items() for act in ("end", "withdraw")},
        "registry:distinct-withdraw": {"pk": apart.pk},
        "registry:library-edit": {"code": library.code},
        "registry:library-put-in": {"code": library.code},
    }


def planning_arguments(bureau: Bureau) -> dict[str, dict[str, object]]:
    """Publish a list, leave a change under way and a table of items waiting; return where the pages are."""
    version, row, _other = stages.listed(bureau)
    draft = stages.change(bureau, row, content="另行检查")
    table = "抽查事项,抽查对象,抽查依据\n甲检查,企业,《测试节能法》第二条\n".encode()
    batch = import_services.upload(bureau.officer, bureau.divisions["jieneng"], file_name="事项.csv", content=table)
    item = {"code": row.item.code}
    public: dict[str, object] = {"organ": bureau.organ.code, "number": version.number}
    names = ("item", "item-change", "item-withdraw", "item-check")
    # Only the other side joins and returns: which role that is depends on who drafted, so a revision that is not there stands for it.
    nobody = {f"planning:{name}": {**item, "number": 99} for name in ("item-consult", "item-return")}
    return {
        **{f"planning:{name}": {"code": "CSJN1"} for name in ("law", "law-amend", "law-repeal")},
        "planning:article": {"code": "CSJN1", "label": "第二条"},
        **{f"planning:{name}": {**item, "number": 1} for name in names},
        **{f"planning:{name}": {**item, "number": draft.number} for name in ("item-edit", "item-submit", "item-drop")},
        **nobody,
        **{f"planning:{name}": {"code": version.code} for name in ("list", "list-decide")},
        **{f"planning:{name}": {"code": batch.code} for name in ("import", "import-confirm", "import-discard")},
        **{f"disclosure:{name}": public for name in ("item-list", "item-list-json", "item-list-xlsx", "item-list-pdf")},
        "disclosure:item": {**public, **item},
    }


def plan_arguments(bureau: Bureau) -> dict[str, dict[str, object]]:
    """Publish a plan, open a task from it, leave a change under way; return where the pages are."""
    code = ItemRevision.objects.filter(item__organ=bureau.organ, state="published").earliest("pk").item.code
    task = stages.opened_task(bureau, code)
    row = task.revision
    plan, entry = row.entry.plan, {"code": row.entry.code}
    draft = stages.drafted_entry(bureau, code, title="另一项")
    public: dict[str, object] = {"organ": bureau.organ.code, "year": plan.year, "number": 1}
    open_draft = {"code": draft.entry.code, "number": 1}
    return {
        **{f"plans:{name}": {"code": plan.code} for name in ("plan", "entry-new", "estimate", "compose")},
        **{f"plans:{name}": {"code": plan.code} for name in ("year", "year-measure", "year-export")},
        **{f"plans:{name}": {"code": f"{plan.code}-V1"} for name in ("version", "decide")},
        **{
            f"plans:{name}": {**entry, "number": 1} for name in ("entry", "entry-change", "entry-withdraw", "task-open")
        },
        **{f"plans:{name}": open_draft for name in ("entry-edit", "entry-submit", "entry-drop")},
        **{f"plans:{name}": {**entry, "number": 99} for name in ("entry-consult", "entry-return")},
        **{
            f"plans:{name}": {"code": task.code}
            for name in ("task", "pool", "sheet", "task-cancel", "exclude", "joint", "expert-ask")
        },
        "plans:sheet-file": {"code": task.code, "form": "docx"},
        **{
            f"plans:{name}": {"code": task.code, "pk": 99}
            for name in ("exclusion-decide", "exclusion-withdraw", "expert-decide", "expert-withdraw")
        },
        "plans:joint-answer": {"code": task.code, "pk": 99},
        **{f"disclosure:{name}": public for name in ("plan", "plan-json")},
        "disclosure:plan-file": {**public, "form": "xlsx"},
        "disclosure:plan-entry": {**public, **entry},
    }


def change_arguments(bureau: Bureau, draw: Draw) -> dict[str, dict[str, object]]:
    """Ask for a change of an opened draw; return where its pages are."""
    change = changes.asked(bureau, draw)
    where: dict[str, object] = {"code": draw.code, "serial": change.serial}
    place: dict[str, object] = {"code": draw.code, "subject": change.subjects[0]}
    names = ("", "-withdraw", "-decide", "-statement", "-seal", "-witness", "-open", "-void", "-void-decide")
    more = ("-invites", "-ceremony", "-ceremony-state", "-ceremony-close", "-ceremony-data", "-record")
    return {
        **{f"drawing:change{name}": where for name in (*names, *more)},
        "drawing:trainings": {"code": draw.code},
        "drawing:train": {"code": draw.code, "number": "15039999"},
        **{f"drawing:change-{name}": {**where, "position": 1} for name in ("sign", "signature")},
        "drawing:change-record-file": {**where, "form": "pdf"},
        "drawing:change-receipt": {**where, "position": 1},
        **{f"drawing:{name}": place for name in ("change-choose", "change-new", "mine-ask")},
    }


def media_arguments(draw: Draw) -> dict[str, dict[str, object]]:
    """Return where the pictures, videos and scans of a draw are."""
    one, scan = {"code": draw.code, "serial": 1}, {"code": draw.code, "position": 1}
    return {
        **{f"drawing:media-{name}": one for name in ("one", "file", "withdraw")},
        **{f"drawing:signed-{name}": scan for name in ("file", "remove")},
        "drawing:signed-attach": {"code": draw.code},
        "drawing:upload": {"code": draw.code, "key": "nobody"},
    }


def furnished(stocked: Bureau) -> tuple[Bureau, dict[str, dict[str, object]]]:
    """Put an opened and a sealed draw, a draft, and a request to void into the bureau; return it with the arguments of addresses."""
    opened, sealed = opened_draw(stocked), sealed_draw(stocked, scope="2026-02")
    request = void_services.ask(stocked.officer, sealed, reason="停电")
    draft = make_draft(stocked, scope="2026-03")
    subject, inspector = stocked.organ.subjects.first(), stocked.organ.inspectors.first()
    assert subject
    assert inspector
    arguments: dict[str, dict[str, object]] = {
        "draft": {"pk": draft.pk},
        "drawing:people-decide": {"pk": PeopleRequest.objects.get(draft_number=draft.pk).pk},
        "drawing": {"code": sealed.code},
        "disclosure": {"code": opened.code},
        "drawing:receipt": {"code": opened.code, "position": 1},
        **{f"drawing:{name}": {"code": opened.code, "position": 1} for name in ("sign", "signature")},
        **{
            f"drawing:{name}": {"token": "nobody"}
            for name in ("phone", "phone-state", "phone-commit", "phone-open", "phone-sign")
        },
        "drawing:void-decide": {"code": sealed.code, "pk": request.pk},
        "drawing:beacon-ask": {"code": sealed.code},
        **{f"drawing:beacon-{name}": {"code": sealed.code, "pk": 99} for name in ("confirm", "picture")},
        # Who may answer depends on whose draws meet (`drawing/joint/tests/test_visits.py`): one that is not there stands for it.
        "drawing:joint-answer": {"code": "nobody", "pk": 99},
        "drawing:joint-consent": {"code": "nobody", "serial": 1, "pk": 99},
        "drawing:joint-withdraw": {"code": "nobody", "serial": 1},
        "documents:paper": {"key": "draw-record"},
        "documents:sample": {"key": "draw-record", "form": "docx"},
        "drawing:record": {"code": opened.code},
        **media_arguments(opened),
        "drawing:record-file": {"code": opened.code, "form": "docx"},
        "disclosure:entry-proof": {"index": 0},
        "disclosure:consistency": {"old": 1, "new": 2},
        "rules": {"code": make_rule_set(stocked).code},
        **subject_arguments(stocked, subject),
        **people_arguments(stocked, subject, inspector),
        **special_arguments(stocked, subject),
        **planning_arguments(stocked),
        **plan_arguments(stocked),
        **change_arguments(stocked, opened),
    }
    return stocked, arguments
