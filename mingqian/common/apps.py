"""The ground of all rooms."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every room stands on."""

    name = "mingqian.common"
    label = "common"
