"""The one error of the package, and the list in which a check collects what it finds."""

from __future__ import annotations

from collections import Counter

from mingqian_draw.catalogue import render

# One code in one file is listed so often, then counted only: a table with a million bad rows has one cause.
LISTED = 200


class DrawError(ValueError):
    """What is wrong, and where.

    ``code`` is stable, ``file`` the name inside the bundle (or of the input), ``row`` the number of a table's row or
    the path inside a JSON file (either may be empty), ``params`` what the message needs. ``str()`` is English.
    ``others`` are further problems found at the same time.
    """

    def __init__(self, code: str, file: str = "", row: str = "", **params: object) -> None:
        super().__init__(code, file, row)
        self.code = code
        self.file = file
        self.row = row
        self.params: dict[str, object] = params
        self.others: tuple[DrawError, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """The problem in one line, simplified Chinese (``zh``) or English (``en``)."""
        return render(self.code, self.file, self.row, self.params, lang)

    def __str__(self) -> str:
        return self.text("en")


class Problems:
    """Collects problems in the order of discovery; more than :data:`LISTED` of a kind are counted only."""

    def __init__(self) -> None:
        self._found: list[DrawError] = []
        self._seen: Counter[tuple[str, str]] = Counter()

    def add(self, code: str, file: str = "", row: str = "", **params: object) -> None:
        """Note one problem; the arguments are those of :class:`DrawError`."""
        self._seen[code, file] += 1
        if self._seen[code, file] <= LISTED:
            self._found.append(DrawError(code, file, row, **params))

    def extend(self, found: list[DrawError]) -> None:
        """Take over problems that were found elsewhere."""
        for error in found:
            self.add(error.code, error.file, error.row, **error.params)

    def full(self, code: str, file: str) -> bool:
        """Whether further problems of this kind would be counted only."""
        return self._seen[code, file] >= LISTED

    def skip(self, code: str, file: str, count: int) -> None:
        """Count problems of a kind without listing them."""
        self._seen[code, file] += count

    def listed(self) -> list[DrawError]:
        """All that was found, with one line for those that were counted only."""
        hidden = [
            DrawError("more", file, count=count - LISTED)
            for (_code, file), count in self._seen.items()
            if count > LISTED
        ]
        return [*self._found, *hidden]

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_first(self) -> None:
        """Raise the first problem, with the rest in ``others``; nothing where there is none."""
        found = self.listed()
        if found:
            found[0].others = tuple(found[1:])
            raise found[0]
