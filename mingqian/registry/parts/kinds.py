"""Permits, flags and exemptions as pages show them, and what may be done with them (A6.1, A9.2, A12.3)."""

from datetime import date
from typing import Any, TypeVar

from mingqian.common import clock
from mingqian.pages.listing import Column
from mingqian.pages.templatetags.mingqian import day
from mingqian.pages.tones import Shown, shown
from mingqian.registry.beside import Deed, Kind
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.subjects import Subject
from mingqian.registry.parts import services
from mingqian.registry.parts.forms import EndForm, ExemptionForm, FlagForm, PermitForm, WhyForm
from mingqian.registry.parts.values import Part

P = TypeVar("P", Permit, Flag, Exemption)


def _state(part: Part, on: date) -> Shown:
    return shown(part.standing(on))


def _deeds(title: str) -> dict[str, Deed[Any]]:
    """Return what may be done with a part that is there."""
    return {
        "end": Deed[Part](
            title=f"{title}提前结束",
            label="提前结束",
            form=lambda data, _part: EndForm(data, initial={"until": clock.today()}),
            act=lambda user, part, form: services.end_part(user, part, **form.cleaned_data),
            done=lambda _part, _made: "已登记结束日期，记录保留。",
            note=lambda part: f"原登记：{services.in_short(part)}。",
            offered=lambda part, on: part.covers(on),
        ),
        "withdraw": Deed[Part](
            title=f"撤销{title}",
            label="撤销",
            form=lambda data, _part: WhyForm(data),
            act=lambda user, part, form: services.withdraw_part(user, part, why=form.cleaned_data["why"]),
            done=lambda _part, _made: "已撤销，记录保留并注明原因。",
            note=lambda part: f"将撤销：{services.in_short(part)}。登记有误需要更正的，撤销后重新登记。",
            offered=lambda part, _on: not part.withdrawn_why,
        ),
    }


def _new(title: str, form: Any, service: Any, note: str) -> Deed[Subject]:
    return Deed(
        title=title,
        form=lambda data, _subject: form(data),
        act=lambda user, subject, filled: service(user, subject, **filled.cleaned_data),
        done=lambda subject, _made: f"已{title}：{subject.name}",
        note=lambda _subject: note,
    )


def _until(part: Part) -> str:
    return f"至{day(part.until)}" if part.until else "起" if isinstance(part, Flag) else "至长期"


PERMITS: Kind[Permit] = Kind(
    name="permit",
    title="许可",
    columns=(
        Column("许可名称", lambda row: row.name),
        Column("许可证编号", lambda row: row.number, style="mono"),
        Column("发证机关", lambda row: row.issuer),
        Column("有效期", lambda row: day(row.since), under=_until),
    ),
    state=_state,
    deeds=_deeds("许可"),
    empty="没有登记许可。",
    add="登记许可",
    new=_new("登记许可", PermitForm, services.add_permit, "一个对象可以有多项许可，抽取时仍只有一个签号。"),
)
FLAGS: Kind[Flag] = Kind(
    name="flag",
    title="重点监管标记",
    columns=(
        Column("标记", lambda row: row.get_kind_display()),
        Column("来源", lambda row: row.source, under=lambda row: row.document),
        Column("期限", lambda row: day(row.since), under=_until),
    ),
    state=_state,
    deeds=_deeds("重点监管标记"),
    empty="没有重点监管标记（第十二条）。",
    add="登记标记",
    new=_new(
        "登记重点监管标记",
        FlagForm,
        services.add_flag,
        "有标记的对象应当加大抽查力度，提高抽查比例和频次（第十二条）。标记必须有来源，并留痕。",
    ),
)
EXEMPTIONS: Kind[Exemption] = Kind(
    name="exemption",
    title="免检免扰",
    columns=(
        Column("名单代码", lambda row: row.code, style="mono"),
        Column("免检依据", lambda row: row.basis, under=lambda row: f"来源：{row.source}"),
        Column("有效期", lambda row: day(row.since), under=_until),
    ),
    state=_state,
    deeds=_deeds("免检免扰"),
    empty="不在免检免扰名单上（第九条）。",
    add="列入名单",
    new=_new(
        "列入免检免扰名单",
        ExemptionForm,
        services.add_exemption,
        (
            "名单内的对象抽到后予以免检，另行随机抽取替代；"
            "涉及环境保护、安全生产、投诉举报、上级要求和法律法规明确规定的检查除外（第九条）。"
        ),
    ),
)
KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (PERMITS, FLAGS, EXEMPTIONS)}
