"""Unwrapping a counter of limited width: next, jump ahead, or old."""


class Unwrapped:
    """A wrapping sample counter made to count on for ever.

    Parameters
    ----------
    modulus
        The counter goes from ``modulus - 1`` to 0.

    Notes
    -----
    A step of less than half the modulus ahead of what is expected is a jump ahead; more is a
    step back, to samples that were there before.
    """

    __slots__ = ("_expected", "_modulus")

    def __init__(self, modulus: int) -> None:
        self._modulus = modulus
        self._expected: int | None = None

    def place(self, counter: int, samples: int) -> int:
        """Return the unwrapped number of ``counter``, the first of ``samples`` that came."""
        if self._expected is None:
            self._expected = counter
        step = (counter - self._expected) % self._modulus
        if step >= self._modulus // 2:
            step -= self._modulus
        number = self._expected + step
        self._expected = max(self._expected, number + samples)
        return number
