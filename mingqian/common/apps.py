"""Register the system checks of the ground floor."""

from django.apps import AppConfig
from django.core import checks


class CommonConfig(AppConfig):
    """What every room stands on."""

    name = "mingqian.common"
    label = "common"

    def ready(self) -> None:
        """Let no page start that does not say who may open it."""
        from mingqian.common.access import check_every_view_declares_access  # noqa: PLC0415  needs the app registry

        checks.register(check_every_view_declares_access, "mingqian")
