"""Stored files, by content; numbers and wording of papers; uploads under way."""

from mingqian.documents.models.files import StoredFile
from mingqian.documents.models.papers import PaperNumber, PaperSeries, Wording
from mingqian.documents.models.uploads import Upload, UploadPart

__all__ = ["PaperNumber", "PaperSeries", "StoredFile", "Upload", "UploadPart", "Wording"]
