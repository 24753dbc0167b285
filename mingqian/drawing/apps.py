"""The room `drawing`."""

from django.apps import AppConfig


class DrawingConfig(AppConfig):
    """Drawing."""

    name = "mingqian.drawing"
    label = "drawing"
    verbose_name = "抽取"
