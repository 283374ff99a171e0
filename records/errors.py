"""What can be wrong with a record file, said so that its owner can mend it.

```
RecordError
 ├ UnknownFormat     no reader knows the file          -> name the format, or give rate and columns
 ├ DamagedRecord     a line does not say what it must  -> file, line, what was found
 ├ NotATimeSeries    spectra or a report, no record    -> leave the file out
 └ UnitUnknown       the file does not state its unit  -> state it
```
"""

from pathlib import Path


class RecordError(Exception):
    """A record file cannot be used as it is; the text names the file and what to do."""


class UnknownFormat(RecordError):
    """No reader recognises the file."""


class NotATimeSeries(RecordError):
    """The file is of a known format but holds no record of motion."""


class UnitUnknown(RecordError):
    """The values have no stated unit, so they cannot become metres and seconds."""


class DamagedRecord(RecordError):
    """One line of a file does not say what its format demands.

    Attributes
    ----------
    path
        The file.
    line
        Line number, from 1.
    """

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
