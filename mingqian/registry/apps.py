"""The room `registry`."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registry."""

    name = "mingqian.registry"
    label = "registry"
    verbose_name = "名录库"

    def ready(self) -> None:
        """Register what rooms below do for this one."""
        from mingqian.registry.imports.kinds import register_kinds  # noqa: PLC0415  needs the app registry

        register_kinds()
