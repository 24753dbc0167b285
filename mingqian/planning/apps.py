"""The room `planning`."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Planning."""

    name = "mingqian.planning"
    label = "planning"
    verbose_name = "计划"
