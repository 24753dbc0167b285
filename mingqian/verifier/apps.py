"""The room `verifier`."""

from django.apps import AppConfig


class VerifierConfig(AppConfig):
    """The verifier in the browser."""

    name = "mingqian.verifier"
    label = "verifier"
    verbose_name = "核验"
