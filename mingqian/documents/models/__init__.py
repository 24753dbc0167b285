"""Stored files, by content; numbers and wording of papers; uploads under way; imports of tables."""

from mingqian.documents.models.files import StoredFile
from mingqian.documents.models.imports import Import, ImportChunk, ImportRow, ImportWork
from mingqian.documents.models.papers import PaperNumber, PaperSeries, Wording
from mingqian.documents.models.uploads import Upload, UploadPart

__all__ = [
    "Import",
    "ImportChunk",
    "ImportRow",
    "ImportWork",
    "PaperNumber",
    "PaperSeries",
    "StoredFile",
    "Upload",
    "UploadPart",
    "Wording",
]
