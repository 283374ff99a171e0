"""What moved it: earthquake, sway, construction, vehicle or feet, or a broken instrument."""

from plumbline.analysis.classify.causes import Cause, Variant
from plumbline.analysis.classify.features import Features, features
from plumbline.analysis.classify.matrix import Confusion
from plumbline.analysis.classify.motion import NodeMotion
from plumbline.analysis.classify.settings import ClassifySettings
from plumbline.analysis.classify.verdict import ClassEvidence, Classification, classified, verdict

__all__ = [
    "Cause",
    "ClassEvidence",
    "Classification",
    "ClassifySettings",
    "Confusion",
    "Features",
    "NodeMotion",
    "Variant",
    "classified",
    "features",
    "verdict",
]
