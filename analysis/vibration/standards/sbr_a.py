"""SBR-A: damage to structures, by partial factors on a characteristic value the user brings."""

from enum import StrEnum

from plumbline.analysis.limit_standing import Provenance, Standing
from plumbline.analysis.vibration.curves import CurveCheck, Duration, LimitCurve, Location

EDITION = "2017"
SOURCE = "SBR-A partial factors, read in a public transcription; V_kar brought by the user"


class Measuring(StrEnum):
    """How much was measured; fewer points ask for more margin."""

    EXTENSIVE = "extensive"
    LIMITED = "limited"
    INDICATIVE = "indicative"


class Recurrence(StrEnum):
    """How often the vibration comes."""

    SHORT = "short"
    REPEATED = "repeated"
    CONTINUOUS = "continuous"


class Sensitivity(StrEnum):
    """What stands there."""

    NORMAL = "normal"
    SENSITIVE = "sensitive"


GAMMA_V: dict[Measuring, float] = {
    Measuring.EXTENSIVE: 1.0,
    Measuring.LIMITED: 1.4,
    Measuring.INDICATIVE: 1.6,
}
GAMMA_T: dict[Recurrence, float] = {
    Recurrence.SHORT: 1.0,
    Recurrence.REPEATED: 1.5,
    Recurrence.CONTINUOUS: 2.5,
}
GAMMA_S: dict[Sensitivity, float] = {Sensitivity.NORMAL: 1.0, Sensitivity.SENSITIVE: 1.7}


def allowed_mms(
    v_kar_mms: float, measuring: Measuring, recurrence: Recurrence, sensitivity: Sensitivity
) -> float:
    """Return ``V_kar / (gamma_s gamma_v gamma_t)``. [mm/s]"""
    return v_kar_mms / (GAMMA_S[sensitivity] * GAMMA_V[measuring] * GAMMA_T[recurrence])


def sbr_a(
    v_kar_mms: float,
    measuring: Measuring = Measuring.INDICATIVE,
    recurrence: Recurrence = Recurrence.SHORT,
    sensitivity: Sensitivity = Sensitivity.NORMAL,
) -> LimitCurve:
    """Return SBR-A's allowed value as a curve.

    It is a candidate: the characteristic value is the caller's own, and only an adoption by a
    responsible engineer makes it a limit that pages.

    Parameters
    ----------
    v_kar_mms
        Characteristic value of the building, from the guideline. [mm/s]
    measuring, recurrence, sensitivity
        The three cases that set the partial factors.
    """
    limit = allowed_mms(v_kar_mms, measuring, recurrence, sensitivity)
    long = recurrence is not Recurrence.SHORT
    return LimitCurve(
        standard="sbr-a",
        line="user",
        building=f"V_kar {v_kar_mms:g} mm/s, {measuring}, {recurrence}, {sensitivity}",
        location=Location.FOUNDATION,
        duration=Duration.LONG if long else Duration.SHORT,
        checked_by=CurveCheck.EACH_COMPONENT,
        points=((1.0, limit), (100.0, limit)),
        provenance=Provenance(source=SOURCE, edition=EDITION, standing=Standing.CANDIDATE),
    )
