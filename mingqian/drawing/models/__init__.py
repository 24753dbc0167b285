"""Drafts of draws, sealed draws, what witnesses contributed, requests to void."""

from mingqian.drawing.models.beacons import BeaconReading
from mingqian.drawing.models.changes import Facts, Supplement
from mingqian.drawing.models.draws import Draft, Draw
from mingqian.drawing.models.invitations import WitnessInvite, WitnessSignature
from mingqian.drawing.models.joint import JointConsent, JointPart, JointSettlement, JointVisit
from mingqian.drawing.models.lots import Contribution
from mingqian.drawing.models.media import DrawMedia, SignedCopy, SignedPage
from mingqian.drawing.models.people import PeopleRequest
from mingqian.drawing.models.training import Training
from mingqian.drawing.models.voids import VoidRequest
from mingqian.drawing.models.warnings import EarlyWarning, WarningStep

__all__ = [
    "BeaconReading",
    "Contribution",
    "Draft",
    "Draw",
    "DrawMedia",
    "EarlyWarning",
    "Facts",
    "JointConsent",
    "JointPart",
    "JointSettlement",
    "JointVisit",
    "PeopleRequest",
    "SignedCopy",
    "SignedPage",
    "Supplement",
    "Training",
    "VoidRequest",
    "WarningStep",
    "WitnessInvite",
    "WitnessSignature",
]
