"""The only writers of libraries (专项库): which there are, and who is in them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from mingqian.accounts.models import Organ, User
from mingqian.common import clock
from mingqian.common.errors import DomainError
from mingqian.common.text import clean_code
from mingqian.ledger import services as ledger
from mingqian.registry import registers
from mingqian.registry.differences import differences
from mingqian.registry.guards import check_officer
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.subjects import Subject
from mingqian.registry.search import services as search_services
from mingqian.registry.several import joined, split
from mingqian.registry.states import RegisterKind
from mingqian.registry.subjects.log import changes_since, snapshot
from mingqian.registry.subjects.selectors import find_subjects, refuse_merged
from mingqian.registry.subjects.services import save_changed

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
#: Most codes that are pasted at once.
MOST_PASTED = 5000


def key_of_library(organ: Organ, code: str) -> str:
    """Return how the ledger names a library."""
    return f"library/{organ.code}/{code}"


def add_library(user: User, *, code: str, name: str, basis: str) -> Library:
    """Set up a library; the code stays for ever, since items refer to it."""
    organ = user.organ
    check_officer(user, organ)
    if _CODE.fullmatch(code) is None:
        raise DomainError("专项库代码只能用小写英文字母、数字和 -，最多 32 个字符，例如 zdyn-01。")
    if not name or not basis:
        raise DomainError("请填写专项库名称和建库依据。")
    try:
        with transaction.atomic():
            library = Library.objects.create(organ=organ, code=code, name=name, basis=basis)
            details = {"fields": [["专项库名称", "", name], ["建库依据", "", basis]]}
            ledger.record(user.actor, "library.add", key_of_library(organ, code), rows=[library], details=details)
    except IntegrityError as error:
        raise DomainError("本机关已有相同代码或名称的专项库。") from error
    return library


def change_library(user: User, library: Library, *, name: str, basis: str, active: bool) -> Library:
    """Rename a library, change its basis, retire it or take it into use again; who is in it stays in it."""
    organ = library.organ
    check_officer(user, organ)
    if not name or not basis:
        raise DomainError("请填写专项库名称和建库依据。")
    try:
        with transaction.atomic():
            library = (
                Library.objects.select_for_update(no_key=True, of=("self",)).select_related("organ").get(pk=library.pk)
            )
            before = _texts(library)
            library.name, library.basis, library.active = name, basis, active
            changed = differences(before, _texts(library))
            if changed:
                library.save()
                key = key_of_library(organ, library.code)
                ledger.record(user.actor, "library.change", key, rows=[library], details={"fields": changed})
    except IntegrityError as error:
        raise DomainError("本机关已有相同名称的专项库。") from error
    return library


def _texts(library: Library) -> dict[str, str]:
    state = "在用" if library.active else "已停用"
    return {"专项库名称": library.name, "建库依据": library.basis, "状态": state}


def set_libraries(user: User, subject: Subject, codes: Iterable[str], *, why: str = "") -> bool:
    """Put a subject into exactly these libraries; return whether that changed anything. A retired library takes in nobody new."""
    organ = subject.organ
    check_officer(user, organ)
    with registers.writing(user, organ, RegisterKind.SUBJECTS) as act:
        subject = Subject.objects.select_related("organ", "merged_into").get(pk=subject.pk)
        refuse_merged(subject)
        wanted = set(codes)
        known = set(Library.objects.filter(organ=organ, active=True).values_list("code", flat=True))
        if not wanted <= known | set(subject.library_codes):
            raise DomainError("所选专项库不存在或已停用，请重新选择。")
        text = joined(wanted)
        if text == subject.libraries:
            return False
        before = snapshot(subject)
        subject.libraries = text
        save_changed(user, subject, before, act, verb="subject.libraries", why=why)
    return True


@dataclass(frozen=True)
class Pasted:
    """What a pasted list of codes means: subjects to be put in, those already in, and codes that nobody bears."""

    new: Sequence[Subject]
    already: Sequence[Subject]
    unknown: Sequence[str]


def read_pasted(organ: Organ, library: Library, text: str) -> Pasted:
    """Return what a pasted list means; raise DomainError where it is empty or too long."""
    codes = list(dict.fromkeys(filter(None, (clean_code(part) for part in re.split(r"[\s、，,;；]+", text)))))
    if not codes:
        raise DomainError("请粘贴统一社会信用代码、注册号或登记号，一行一个。")
    if len(codes) > MOST_PASTED:
        raise DomainError(
            f"一次最多 {MOST_PASTED:,} 个代码，现有 {len(codes):,} 个。请分几次，或用表格导入“专项库”一列。"
        )
    found = find_subjects(organ, codes)
    subjects = {found[code].pk: found[code] for code in codes if code in found}
    new = [subject for subject in subjects.values() if library.code not in subject.library_codes]
    already = [subject for subject in subjects.values() if library.code in subject.library_codes]
    return Pasted(new, already, [code for code in codes if code not in found])


def put_in(user: User, library: Library, text: str) -> Pasted:
    """Put the subjects of a pasted list into a library in one act, and return what was found."""
    organ = library.organ
    check_officer(user, organ)
    if not library.active:
        raise DomainError("这个专项库已停用，不能再加入对象。")
    with registers.writing(user, organ, RegisterKind.SUBJECTS) as act:
        pasted = read_pasted(organ, library, text)
        if not pasted.new:
            raise DomainError("粘贴的代码里没有要新加入的对象。")
        at, rows = clock.now(), []
        for subject in pasted.new:
            before = snapshot(subject)
            subject.libraries = joined((*split(subject.libraries), library.code))
            subject.save()
            why = f"批量加入专项库{library.name}"
            changes = changes_since(before, subject, by=user.actor, at=at, why=why)
            for change in changes:
                change.save()
            rows += [subject, *changes]
        search_services.index(pasted.new)
        fields = [["加入专项库", "", f"{len(pasted.new)} 个对象"]]
        act.record("library.put-in", key_of_library(organ, library.code), rows, fields)
    return pasted
