"""Which numbers are in force on a day: a pure function of the versions at each level (articles 21 and 22).

Levels run from the regulation that everybody stands on, over the organs from the top down, to the division. At each level the version
with the latest first day not after the day asked for counts. A regulation of one's own (自有细则) replaces everything above it; a
refinement (细化规定) changes single numbers.

Two cases want a decision, and this is it:

- **Nothing is in force any more** (art. 22: the shipped regulation ended on 2025-06-05). The bureau goes on working, so the last
  regulation goes on being applied, and every answer says so (已过有效期，待续期) until a new one takes effect. A refinement that has ended
  simply ends: the level above it applies again.
- **A parent became stricter than its refinement**, after that was approved. The stricter number counts, and the page says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mingqian.common.errors import DomainError
from mingqian.rules.sets.schema import PARAMETERS, Parameter, parameter
from mingqian.rules.sets.states import Held, Level, Rules, Stated, Version
from mingqian.rules.states import SetKind
from mingqian.rules.wording import full_day


def newest(level: Level, on: date) -> Version | None:
    """Return the version of a level that began last by `on`, whether it has ended or not; of two with one first day the later one."""
    begun = [version for version in level if version.effective_from <= on]
    return max(begun, key=lambda version: (version.effective_from, version.serial), default=None)


def _stand_on(above: Mapping[str, Held], version: Version) -> dict[str, Held]:
    own = {
        key: Held(
            PARAMETERS[key], stated.value, stated.article, stated.reason, version, own=True, parent=above.get(key)
        )
        for key, stated in version.stated.items()
    }
    # A number that the schema did not have yet when the regulation was approved comes from the level above.
    held = _inherit(above) | own
    return {key: held[key] for key in PARAMETERS if key in held}


def _inherit(above: Mapping[str, Held]) -> dict[str, Held]:
    return {
        key: Held(held.parameter, held.value, held.article, held.reason, held.source, own=False, parent=held)
        for key, held in above.items()
    }


def _refine(above: Mapping[str, Held], version: Version) -> dict[str, Held]:
    held = _inherit(above)
    for key, stated in version.stated.items():
        over, known = above[key], PARAMETERS[key]
        if known.loosens(stated.value, over.value):
            held[key] = Held(
                known,
                over.value,
                over.article,
                over.reason,
                over.source,
                own=False,
                parent=over,
                passed_over=stated.value,
            )
        else:
            held[key] = Held(known, stated.value, stated.article, stated.reason, version, own=True, parent=over)
    return held


def resolve(levels: Sequence[Level], on: date) -> Rules:
    """Return the rules in force on `on`; raise DomainError where no regulation has begun by then."""
    held: dict[str, Held] = {}
    versions: list[Version] = []
    for level in levels:
        version = newest(level, on)
        if version is not None and version.kind == SetKind.REGULATION:
            held, versions = _stand_on(held, version), [version]
        elif version is not None and held and (version.valid_until is None or version.valid_until >= on):
            held = _refine(held, version)
            versions.append(version)
        else:
            held = _inherit(held)
    if not versions:
        raise DomainError(f"{full_day(on)}还没有生效的规则集，请选择较晚的日期。")
    return Rules(on, held, tuple(versions), tuple(_remarks(versions[0], held, on)))


def _remarks(root: Version, held: Mapping[str, Held], on: date) -> Iterator[str]:
    if root.valid_until is not None and root.valid_until < on:
        yield (
            f"{root.title}有效期至{full_day(root.valid_until)}，已过有效期，待续期。"
            "新的细则生效之前，暂按原规定的数值办理（第二十二条）。"
        )
    for number in held.values():
        if number.passed_over is not None:
            yield (
                f"“{number.parameter.title}”本级原定 {number.passed_over_words}，"
                f"上级现行规定更严，按 {number.words}执行。"
            )


@dataclass(frozen=True)
class Change:
    """A number that was one thing and became another."""

    parameter: Parameter
    before: int | None
    after: int

    @property
    def before_words(self) -> str:
        """Return the old value with its unit, 无 where there was none."""
        return "无" if self.before is None else self.parameter.words(self.before)

    @property
    def after_words(self) -> str:
        """Return the new value with its unit."""
        return self.parameter.words(self.after)


def changes(before: Mapping[str, int], after: Mapping[str, int]) -> list[Change]:
    """Return what differs, in the order of the articles."""
    return [Change(PARAMETERS[key], before.get(key), value) for key, value in after.items() if before.get(key) != value]


def refusals(stated: Mapping[str, Stated], above: Mapping[str, int], kind: SetKind) -> dict[str, str]:
    """Return, by key, in Chinese, why a version may not state what it states over the numbers `above` (art. 21)."""
    wrong: dict[str, str] = {}
    for key, number in stated.items():
        known = parameter(key)
        try:
            known.check(number.value)
        except DomainError as error:
            wrong[key] = str(error)
            continue
        if kind == SetKind.REGULATION:
            continue
        if known.loosens(number.value, above[key]):
            wrong[key] = (
                f"“{known.title}”上级规定是 {known.words(above[key])}，细化时{known.direction_words}，"
                f"不能改为 {known.words(number.value)}（第二十一条）。"
            )
        elif number.value != above[key] and not number.reason:
            wrong[key] = f"“{known.title}”与上级规定不同，请填写理由。"
    missing = [known.title for key, known in PARAMETERS.items() if key not in stated]
    if kind == SetKind.REGULATION and missing:
        wrong[""] = f"自有细则须写明每一项数值，还缺：{'、'.join(missing)}。"
    return wrong
