"""Libraries as rows of a workbook."""

from mingqian.common.tables import Titles
from mingqian.registry.models.libraries import Library

LIBRARY_TITLES: Titles = (("名称", 30), ("代码", 20), ("建库依据", 50), ("对象", 10), ("状态", 10))


def library_cells(library: Library, count: int) -> list[str]:
    """Return a library as `LIBRARY_TITLES` has it."""
    return [library.name, library.code, library.basis, str(count), "在用" if library.active else "已停用"]
