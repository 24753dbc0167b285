"""The room `drawing`."""

from django.apps import AppConfig


class DrawingConfig(AppConfig):
    """Drawing."""

    name = "mingqian.drawing"
    label = "drawing"
    verbose_name = "抽取"

    def ready(self) -> None:
        """Lend a hand to rooms below: the registry asks about draws under way before a merge, a plan has its year rehearsed."""
        from mingqian.drawing import aftermath  # noqa: F401, PLC0415  needs the app registry; listens to openings
        from mingqian.drawing.bundle.selectors import under_way_with  # noqa: PLC0415
        from mingqian.drawing.rehearsal.services import rehearse  # noqa: PLC0415
        from mingqian.planning.rehearsal.services import rehearse_with  # noqa: PLC0415
        from mingqian.registry.merging.selectors import add_claim  # noqa: PLC0415

        add_claim(under_way_with)
        rehearse_with(rehearse)
