"""Register the system check of the pages."""

from django.apps import AppConfig
from django.core import checks


class PagesConfig(AppConfig):
    """What every page has in common."""

    name = "mingqian.pages"
    label = "pages"

    def ready(self) -> None:
        """Let no page start that does not say who may open it."""
        from mingqian.pages.access import check_every_view_declares_access  # noqa: PLC0415  needs the app registry

        checks.register(check_every_view_declares_access, "mingqian")
