"""The text of a file as people hand it over: zipped, with a byte order mark, in a code page."""

import codecs
import io
import zipfile
from pathlib import Path

from plumbline.records.tables.errors import TableError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SPREADSHEET = "xl/workbook.xml"


def text_of(path: Path) -> str:
    """Return the text of a file, or of the only one in a zip.

    Raises
    ------
    TableError
        If it cannot be read, is a zip of several files, a spreadsheet, or no text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}") from error
    while content[:2] == b"PK":
        content = _unzipped(path, content)
    for mark, code in MARKS:
        if content.startswith(mark):
            return content.decode(code, errors="replace")
    if b"\0" in content:
        raise TableError(f"{path}: not a text file; export the readings as CSV")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _unzipped(path: Path, content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if SPREADSHEET in names:
                raise TableError(f"{path}: a spreadsheet; save the sheet as CSV")
            if len(names) != 1:
                raise TableError(f"{path}: a zip of {len(names)} files; give the one to read")
            return archive.read(names[0])
    except zipfile.BadZipFile as error:
        raise TableError(f"{path}: a damaged zip ({error})") from error
    except (RuntimeError, NotImplementedError) as error:
        raise TableError(f"{path}: {error}; unpack it and give the file in it") from error
