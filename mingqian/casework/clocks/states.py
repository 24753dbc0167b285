"""The kinds of limits that run: each room registers its own when the project starts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClockKind:
    """A limit: `name` in the database, `title` for people, the article, who owes it, what it waits for where that is still to come."""

    name: str
    title: str
    #: Id of `docs/articles.md`: "A9.4".
    article: str
    #: The article as pages cite it: 第九条.
    cited: str
    owner: str
    waits_for: str = ""
    #: What the workbench calls for, and the button.
    todo: str = ""
    action: str = "去办理"


KINDS: dict[str, ClockKind] = {}


def clock_kind(kind: ClockKind) -> ClockKind:
    """Register a kind and return it; a name stands for one kind."""
    if KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds of clock are called {kind.name}")
    return kind
