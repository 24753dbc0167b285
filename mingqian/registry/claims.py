"""Who has a hold on subjects in the rooms above: each such room adds a question when the project starts, and is asked before a merge.

The registry cannot import those rooms; so they say here what they know, and the registry only shows it.
"""

from collections.abc import Callable, Iterable

from mingqian.accounts.models import Organ

#: Returns sentences about the subjects with these numbers, [] where there is nothing to say.
Question = Callable[[Organ, frozenset[str]], list[str]]
_QUESTIONS: list[Question] = []


def add_claim(question: Question) -> None:
    """Let `question` be asked, once however often it is added."""
    if question not in _QUESTIONS:
        _QUESTIONS.append(question)


def claims_on(organ: Organ, numbers: Iterable[str]) -> list[str]:
    """Return what the rooms above say of subjects, in sentences for the clerk."""
    asked = frozenset(numbers)
    return [sentence for question in _QUESTIONS for sentence in question(organ, asked)]
