"""Quantities as text: the digits that count, and a unit every phone can show."""

# Signs outside of the GSM-7 alphabet would halve the room of the whole message.
_PLAIN = (("µ", "u"), ("μ", "u"), ("°", "deg"), ("²", "2"), ("³", "3"), ("·", " "))


def number(value: float) -> str:
    """Return a value with three digits that count, or all before the point, as ``12.3``."""
    magnitude = abs(value)
    decimals = 0 if magnitude >= 100 else 1 if magnitude >= 10 else 2 if magnitude >= 1 else 3
    digits = f"{value:.{decimals}f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit, as ``12.3 gal``."""
    for sign, plain in _PLAIN:
        unit = unit.replace(sign, plain)
    return f"{number(value)} {unit}".strip()
