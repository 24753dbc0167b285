"""Reading a versioned register: which version counts, what stands in it, what is under way, what a version changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404

from mingqian.accounts.models import Organ, User
from mingqian.accounts.selectors import organs_below
from mingqian.casework.models.register import RegisterLine, RegisterRevision, RegisterVersion
from mingqian.casework.register.states import OPEN_STATES, ChangeKind, RevisionState, VersionState

R = TypeVar("R", bound=RegisterRevision)
V = TypeVar("V", bound=RegisterVersion)


@dataclass(frozen=True)
class Records(Generic[R, V]):
    """What a register holds. `organ_at` is the path from a version to its organ; things are in order of their `serial`.

    An owner is what `RegisterVersion.owned_by` names: an organ, a plan.
    """

    revision: type[R]
    version: type[V]
    line: type[RegisterLine]
    organ_at: str
    #: As sentences of 404 name a thing and the whole: 抽查事项, 清单.
    thing: str
    whole: str

    @property
    def _owner(self) -> str:
        return f"{self.revision.about}__{self.version.owned_by}"

    @property
    def related(self) -> tuple[str, ...]:
        """Return what pages read beside a revision."""
        about = self.revision.about
        return (about, f"{about}__{self.organ_at}", "division", "drafted_by__division", "consulted_by", "version")

    def rows(self) -> QuerySet[R]:
        """Return all revisions, with what pages read."""
        return self.revision._base_manager.select_related(*self.related)

    def versions(self) -> QuerySet[V]:
        """Return all versions, with what pages read."""
        return self.version._base_manager.select_related(self.organ_at, "composed_by", "decided_by", "document")

    def organ_of(self, row: R | V) -> Organ:
        """Return whose it is."""
        path = f"{row.about}__{self.organ_at}" if isinstance(row, RegisterRevision) else self.organ_at
        found: Any = reduce(getattr, path.split("__"), row)
        organ: Organ = found
        return organ

    def owner_of(self, row: R | V) -> Any:
        """Return what the register belongs to."""
        return getattr(row.thing if isinstance(row, RegisterRevision) else row, self.version.owned_by)

    # Revisions.

    def visible_to(self, user: User) -> QuerySet[R]:
        """Return the revisions of the user's organ and, where published, of those below it (art. 4)."""
        return self.rows().filter(self._visible(user, f"{self.revision.about}__{self.organ_at}"))

    def revision_for(self, user: User, code: str, number: int) -> R:
        """Return the revision, or raise Http404 where it is not for `user` to know."""
        found = self.visible_to(user).filter(**{f"{self.revision.about}__code": code}, number=number).first()
        if found is None:
            raise Http404(f"没有找到这个{self.thing}，或它不在您可以查看的范围内。")
        return found

    def history(self, row: R) -> QuerySet[R]:
        """Return all revisions of the thing, the latest first."""
        return self.rows().filter(**{row.about: row.thing}).order_by("-number")

    def before(self, row: R) -> R | None:
        """Return what was published of the thing before `row`."""
        return self.history(row).filter(state=RevisionState.PUBLISHED, number__lt=row.number).first()

    def under_way(self, owner: models.Model) -> QuerySet[R]:
        """Return what is under way, by thing."""
        rows = self.rows().filter(**{self._owner: owner}, state__in=OPEN_STATES)
        return rows.order_by(f"{self.revision.about}__serial")

    def consulted(self, owner: models.Model) -> list[R]:
        """Return what waits for the next version, by thing."""
        return list(self.under_way(owner).filter(state=RevisionState.CONSULTED, version=None))

    # Versions.

    def _visible(self, user: User, organ: str) -> Q:
        below = [pk for pk in organs_below(user.organ) if pk != user.organ_id]
        return Q(**{organ: user.organ}) | Q(**{f"{organ}__in": below}, state=RevisionState.PUBLISHED)

    def versions_visible_to(self, user: User) -> QuerySet[V]:
        """Return the versions of the user's organ, and what organs below it published."""
        return self.versions().filter(self._visible(user, self.organ_at))

    def version_for(self, user: User, code: str) -> V:
        """Return the version, or raise Http404 where it is not for `user` to know."""
        found = self.versions_visible_to(user).filter(code=code).first()
        if found is None:
            raise Http404(f"没有找到这一版{self.whole}，或它不在您可以查看的范围内。")
        return found

    def published(self, owner: models.Model) -> QuerySet[V]:
        """Return the published versions, the latest first: readable by everybody, for ever (A5.3)."""
        rows = self.versions().filter(**{self.version.owned_by: owner}, state=VersionState.PUBLISHED)
        return rows.order_by("-number")

    def public(self, number: int, **owner: object) -> V:
        """Return a published version for anybody, or raise Http404."""
        found = self.versions().filter(number=number, state=VersionState.PUBLISHED, **owner).first()
        if found is None:
            raise Http404(f"没有公布过这一版{self.whole}。")
        return found

    def current(self, owner: models.Model) -> V | None:
        """Return the version that counts now."""
        return self.published(owner).first()

    def pending(self, owner: models.Model) -> V | None:
        """Return the version that waits for a leader."""
        return self.versions().filter(**{self.version.owned_by: owner}, state=VersionState.PENDING).first()

    def _lines(self, **named: object) -> QuerySet[RegisterLine]:
        return self.line._base_manager.filter(**named)

    def lines(self, version: V) -> list[R]:
        """Return what stands in a published version, in its order."""
        rows = self._lines(version=version).order_by("position")
        return [getattr(line, "revision") for line in rows.select_related(*(f"revision__{n}" for n in self.related))]  # noqa: B009

    def standing(self, owner: models.Model) -> list[R]:
        """Return what stands now."""
        version = self.current(owner)
        return self.lines(version) if version is not None else []

    def holds(self, row: R) -> bool:
        """Say whether the version that counts holds this very revision."""
        version = self.current(self.owner_of(row))
        return version is not None and self._lines(version=version, revision=row).exists()

    def changes(self, version: V) -> list[R]:
        """Return what a version changes, by thing."""
        return list(self.rows().filter(version=version).order_by(f"{self.revision.about}__serial"))

    def resulting(self, owner: models.Model, taken: Iterable[R]) -> list[R]:
        """Return the register as it would stand with the changes `taken`: what counts, changed, shortened, lengthened; by thing."""
        rows = {row.thing.pk: row for row in self.standing(owner)}
        for revision in taken:
            if revision.change == ChangeKind.WITHDRAW:
                rows.pop(revision.thing.pk, None)
            else:
                rows[revision.thing.pk] = revision
        return sorted(rows.values(), key=lambda row: int(row.thing.serial))

    def content(self, version: V) -> list[R]:
        """Return what a version publishes, or would publish."""
        if version.state == VersionState.PUBLISHED:
            return self.lines(version)
        return self.resulting(self.owner_of(version), self.changes(version))
