"""The room `casework`."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """What every thing with a life has in common."""

    name = "mingqian.casework"
    label = "casework"
    verbose_name = "办理"

    def ready(self) -> None:
        """Keep what people type into long forms here."""
        from mingqian.casework.drafts.services import Drafts  # noqa: PLC0415  needs the app registry
        from mingqian.pages.submission import keep_drafts_in  # noqa: PLC0415

        keep_drafts_in(Drafts())
