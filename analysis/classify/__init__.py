"""What moved it: earthquake, sway, construction, vehicle or feet, or a broken instrument."""

from plumbline.analysis.classify.causes import Cause, Variant
from plumbline.analysis.classify.features import Features, features
from plumbline.analysis.classify.matrix import Confusion
from plumbline.analysis.classify.motion import NodeMotion
from plumbline.analysis.classify.settings import ClassifySettings
from plumbline.analysis.classify.verdict import Evidence, Verdict, classified, verdict

__all__ = [
    "Cause",
    "ClassifySettings",
    "Confusion",
    "Evidence",
    "Features",
    "NodeMotion",
    "Variant",
    "Verdict",
    "classified",
    "features",
    "verdict",
]
