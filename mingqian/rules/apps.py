"""The room `rules`."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Rules."""

    name = "mingqian.rules"
    label = "rules"
    verbose_name = "规则"

    def ready(self) -> None:
        """Let limits follow the calendar."""
        from mingqian.rules.calendar.services import when_published  # noqa: PLC0415  needs the app registry
        from mingqian.rules.deadlines.services import reckon_provisional  # noqa: PLC0415

        when_published(reckon_provisional)
