"""Short codes for what has long names: they must fit the identity of a stream."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice, product
from string import ascii_uppercase, digits


def short(name: str) -> str:
    """Return the letters and digits of a name, without accents, in capitals; ``ST`` if none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]", "", plain.upper()) or "ST"


def codes(wanted: Sequence[str], length: int, *, exact: bool = False) -> list[str]:
    """Return a code for each name, all different.

    Parameters
    ----------
    wanted
        Codes that would be nice to have.
    length
        Longest length; with ``exact`` the only one.
    exact
        Keep only what fits as it is; number all where one does not, or where two agree.
    """
    cut = [one if exact else one[:length] for one in wanted]
    fits = all(re.fullmatch(rf"[A-Z0-9]{{{length if exact else 1},{length}}}", one) for one in cut)
    if fits and len(set(cut)) == len(cut):
        return cut
    if exact:
        numbers = [f"{number:0{length}d}" for number in range(1, len(cut) + 1)]
        return numbers if len(numbers[-1]) == length else _in_letters(len(cut), length)
    width = len(str(len(cut)))
    return [f"{one[: length - width]}{number:0{width}d}" for number, one in enumerate(cut, 1)]


def _in_letters(count: int, length: int) -> list[str]:
    """Return codes of figures and letters: there are more names than numbers of that length."""
    every = ("".join(one) for one in product(digits + ascii_uppercase, repeat=length))
    return list(islice(every, count))
