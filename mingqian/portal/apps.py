"""The room `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Portal."""

    name = "mingqian.portal"
    label = "portal"
    verbose_name = "工作台"
