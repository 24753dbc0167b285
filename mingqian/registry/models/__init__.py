"""The two registries (两库): subjects and inspectors. What each has beside its own row; imports."""

from mingqian.registry.models.changes import SubjectChange
from mingqian.registry.models.experts import Expert
from mingqian.registry.models.inspectors import Absence, Inspector, InspectorField, Interest, Qualification
from mingqian.registry.models.libraries import Library
from mingqian.registry.models.merging import Distinct
from mingqian.registry.models.parts import Exemption, Flag, Permit
from mingqian.registry.models.personal import PersonalAccess
from mingqian.registry.models.registers import Register
from mingqian.registry.models.search import SearchState, SubjectIndex
from mingqian.registry.models.subjects import Subject
from mingqian.registry.several import BAR, joined, split

__all__ = [
    "BAR",
    "Absence",
    "Distinct",
    "Exemption",
    "Expert",
    "Flag",
    "Inspector",
    "InspectorField",
    "Interest",
    "Library",
    "Permit",
    "PersonalAccess",
    "Qualification",
    "Register",
    "SearchState",
    "Subject",
    "SubjectChange",
    "SubjectIndex",
    "joined",
    "split",
]
