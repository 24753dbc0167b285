"""Silence about joint visits ends in the background."""

from django_tasks import task

from mingqian.drawing.joint import answers


@task()
def lapse_silence(organ_id: int) -> None:
    """Let the divisions of an organ that did not answer until the last day count as not joining (A12.2)."""
    answers.lapse_late(organ_id)
