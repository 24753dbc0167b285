"""The room `drawing`."""

from django.apps import AppConfig


class DrawingConfig(AppConfig):
    """Drawing."""

    name = "mingqian.drawing"
    label = "drawing"
    verbose_name = "抽取"

    def ready(self) -> None:
        """Let the registry, which cannot import this room, ask about draws under way before it merges subjects."""
        from mingqian.drawing.selectors import under_way_with  # noqa: PLC0415  needs the app registry
        from mingqian.registry.selectors import add_claim  # noqa: PLC0415

        add_claim(under_way_with)
