"""The room `disclosure`."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Disclosure."""

    name = "mingqian.disclosure"
    label = "disclosure"
    verbose_name = "公示"
