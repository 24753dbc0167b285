"""Reading how a plan's year stands: being reckoned, reckoned, or out of date."""

from dataclasses import dataclass

from mingqian.planning.models.plans import Plan, PlanVersion
from mingqian.planning.models.year import YearPreview
from mingqian.planning.year.inputs import books_digest, entries_for, plan_digest


@dataclass(frozen=True)
class Standing:
    """The last reckoning of a plan's year, None where there is none, and what has changed since."""

    preview: YearPreview | None
    plan_changed: bool = False
    books_changed: bool = False

    @property
    def has_result(self) -> bool:
        """Say whether there is something to show."""
        return self.preview is not None and self.preview.result is not None

    @property
    def stale(self) -> bool:
        """Say whether the result is of something else than what stands now."""
        return self.plan_changed or self.books_changed


def standing_of(plan: Plan, version: PlanVersion | None = None) -> Standing:
    """Return how the reckoning of a plan's year stands; of a version, or of everything under way."""
    found = YearPreview.objects.filter(plan=plan, version=version).select_related("asked_by", "plan__organ", "version")
    preview = found.first()
    if preview is None or preview.result is None:
        return Standing(preview)
    entries = entries_for(plan, version)
    return Standing(
        preview,
        preview.plan_digest != plan_digest(plan, entries),
        preview.books_digest != books_digest(plan),
    )
