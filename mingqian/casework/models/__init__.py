"""What every thing with a life has in common: requests of two people (abstract), clocks, what was typed and not sent."""

from mingqian.casework.models.clocks import Clock
from mingqian.casework.models.drafts import FormDraft
from mingqian.casework.models.register import RegisterLine, RegisterRevision, RegisterVersion
from mingqian.casework.models.requests import Request

__all__ = ["Clock", "FormDraft", "RegisterLine", "RegisterRevision", "RegisterVersion", "Request"]
