"""The room `ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Ledger."""

    name = "mingqian.ledger"
    label = "ledger"
    verbose_name = "留痕"

    def ready(self) -> None:
        """Have outside parties asked for their signature after each step of a draw."""
        from mingqian.ledger.cosigning.tasks import ask_soon  # noqa: PLC0415  needs the app registry
        from mingqian.ledger.services import tell_proved  # noqa: PLC0415

        tell_proved(ask_soon)
