"""What stands beside an inspector (absences, interests, qualifications), and what may be done with it and with the inspector."""

from datetime import date
from typing import Any

from django.urls import reverse

from mingqian.accounts.models import User
from mingqian.pages.listing import Column
from mingqian.pages.templatetags.mingqian import actor_name, day, moment
from mingqian.pages.tones import Shown
from mingqian.registry.beside import Deed, Kind
from mingqian.registry.models.inspectors import Absence, Inspector, Interest, Qualification
from mingqian.registry.people import services
from mingqian.registry.people.forms import (
    AbsenceForm,
    AccountForm,
    BackForm,
    FieldsForm,
    InterestEndForm,
    InterestForm,
    QualificationForm,
)


def _absence_state(row: Absence, on: date) -> Shown:
    if row.covers(on):
        return Shown("正在排除", "soon", "clock")
    return Shown("尚未开始", "active", "clock") if row.since > on and row.back_on is None else Shown("已结束")


def _back(row: Absence) -> str:
    if row.back_on is None:
        return ""
    return "已撤销" if row.back_on == row.since else f"{day(row.back_on)}提前返岗"


ABSENCES: Kind[Absence] = Kind(
    name="absence",
    title="排除",
    columns=(
        Column("自", lambda row: day(row.since)),
        Column("至", lambda row: day(row.until), under=_back),
        Column("原因", lambda row: row.get_reason_display()),
        Column("登记", lambda row: actor_name(row.recorded_by), under=lambda row: moment(row.recorded_at)),
    ),
    state=_absence_state,
    deeds={
        "end": Deed(
            title="提前返岗",
            label="提前返岗",
            form=lambda data, row: BackForm(data, absence=row),
            act=lambda user, row, form: services.end_absence(user, row, back_on=form.cleaned_data["back_on"]),
            done=lambda row, _made: f"已登记{row.inspector.name}提前返岗。",
            note=lambda row: f"原登记：{row.since} 至 {row.until}，{row.get_reason_display()}。原登记保留，不会删除。",
            offered=lambda row, on: row.back_on is None and row.until >= on,
        )
    },
    empty="没有登记过排除。休假、出差、培训等不能参加检查的日子登记在这里，这些日子的抽取自动排除本人。",
    add="登记排除",
    new=Deed[Inspector](
        title="登记排除",
        form=lambda data, _row: AbsenceForm(data),
        act=lambda user, row, form: services.add_absence(user, row, **form.cleaned_data),
        done=lambda row, _made: f"已登记排除：{row.name}。这些日子的抽取自动不抽{row.name}。",
        note=lambda _row: (
            "登记之后，检查日期在这段时间内的抽取自动排除本人（第十一条：岗位调整、工作冲突、身体健康等）。已经封存的抽取不受影响。"
        ),
    ),
)


def _put_interest(user: User, row: Inspector, form: InterestForm) -> Interest:
    return services.add_interest(user, row, form.cleaned_data["subject"], **form.values())


def _declare(user: User, _row: Inspector, form: InterestForm) -> Interest:
    return services.declare_interest(user, form.cleaned_data["subject"], **form.values())


INTERESTS: Kind[Interest] = Kind(
    name="interest",
    title="利害关系",
    columns=(
        Column(
            "抽查对象",
            lambda row: row.subject.name,
            link=lambda row: reverse("registry:subject", args=[row.subject.number]),
            under=lambda row: row.subject.number,
        ),
        Column("利害关系", lambda row: row.get_kind_display(), under=lambda row: row.note),
        Column("期限", lambda row: f"{day(row.since)}起", under=lambda row: f"至{day(row.until)}" if row.until else ""),
        Column(
            "来源",
            lambda row: row.get_source_display(),
            under=lambda row: f"{actor_name(row.recorded_by)} {day(row.recorded_at)}",
        ),
    ),
    state=lambda row, on: Shown("自动回避", "active", "check") if row.covers(on) else Shown("已到期"),
    deeds={
        "end": Deed(
            title="利害关系到期",
            label="登记到期",
            form=lambda data, row: InterestEndForm(data, interest=row),
            act=lambda user, row, form: services.end_interest(user, row, until=form.cleaned_data["until"]),
            done=lambda _row, _made: "已登记结束日期。",
            note=lambda row: (
                f"{row.inspector.name}与{row.subject.name}：{row.get_kind_display()}，自 {row.since}。记录保留，不会删除。"
            ),
            offered=lambda row, on: row.covers(on),
        )
    },
    empty="没有登记的利害关系。与某个抽查对象有利害关系的，由本人登录后申报，或由科室登记；每次抽取自动让两者回避（第十一条）。",
    add="登记利害关系",
    new=Deed[Inspector](
        title="登记利害关系",
        form=lambda data, row: InterestForm(data, organ=row.organ),
        act=_put_interest,
        done=lambda row, made: f"已登记：{row.name}回避{made.subject.name}。",
        note=lambda _row: (
            "登记之后，每次抽取自动让两者回避（第十一条）。利害关系的类别和说明只有本人、本机关经办人和领导能看到。"
        ),
    ),
)
#: An inspector's own declaration.
DECLARE: Deed[Inspector] = Deed(
    title="申报利害关系",
    form=lambda data, row: InterestForm(data, organ=row.organ),
    act=_declare,
    done=lambda _row, made: f"已申报：今后的抽取不会派您检查{made.subject.name}。",
    note=lambda _row: (
        "与检查对象有利害关系的应当回避（第十一条）。申报之后，抽取自动让您回避；类别和说明只有您、本机关经办人和领导能看到。"
    ),
)
QUALIFICATIONS: Kind[Qualification] = Kind(
    name="qualification",
    title="资格",
    columns=(
        Column("资格名称", lambda row: row.name),
        Column("证书编号", lambda row: row.number, style="mono"),
        Column("有效期至", lambda row: day(row.valid_until) if row.valid_until else "长期"),
    ),
    state=lambda row, on: Shown("有效", "done", "check") if row.valid_on(on) else Shown("已过期", "soon", "clock"),
    deeds={
        "withdraw": Deed(
            title="撤下资格",
            label="撤下",
            act=lambda user, row, _form: services.withdraw_qualification(user, row),
            done=lambda row, _made: f"已撤下资格“{row.name}”，记录保留。",
        )
    },
    empty="没有登记执法证以外的资格。",
    add="登记资格",
    new=Deed[Inspector](
        title="登记资格",
        form=lambda data, _row: QualificationForm(data),
        act=lambda user, row, form: services.add_qualification(user, row, **form.cleaned_data),
        done=lambda _row, _made: "已登记资格。",
    ),
)
#: Each kind with the tab of the inspector's page that shows it.
KINDS: dict[str, tuple[Kind[Any], str]] = {
    "absence": (ABSENCES, "absences"),
    "interest": (INTERESTS, "interests"),
    "qualification": (QUALIFICATIONS, "facts"),
}


def _no_fields(row: Inspector) -> str:
    return "" if FieldsForm(inspector=row).known else "本机关还没有业务领域，请系统管理员在“机关与科室”里新增。"


#: Deeds on the inspector themselves.
OWN: dict[str, Deed[Inspector]] = {
    "account": Deed(
        title="关联本人账号",
        form=lambda data, row: AccountForm(data, inspector=row),
        act=lambda user, row, form: services.link_account(user, row, form.chosen()),
        done=lambda _row, _made: "已保存本人账号。",
        note=lambda _row: (
            "只列出本机关有“执法检查人员”角色、还没有关联他人的账号。没有的，请系统管理员新增用户、安全管理员授予角色。"
        ),
    ),
    "fields": Deed(
        title="业务领域",
        form=lambda data, row: FieldsForm(data, inspector=row),
        act=lambda user, row, form: services.set_fields(user, row, form.chosen()),
        done=lambda _row, _made: "已保存业务领域。",
        note=_no_fields,
    ),
}
