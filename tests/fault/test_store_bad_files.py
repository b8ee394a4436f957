"""Files that are damaged, cut, mislabelled or hostile: a message a clerk can act on, and nothing loaded."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.data.factories_exchange import NAME, NOW, Squareshire, csv_bytes, make_squareshire, street_row, zip_of

from ourpatch.data.exchange.actions import load_police_uk
from ourpatch.data.exchange.archive import open_archive
from ourpatch.data.exchange.rules import HEADER, Caps
from ourpatch.data.store import files
from ourpatch.data.store.models import Submission
from ourpatch.ground.errors import BadInput

pytestmark = [pytest.mark.fault, pytest.mark.django_db]

GOOD = csv_bytes([street_row() for _ in range(20)])


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: object) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def one(data: bytes, name: str = NAME) -> Callable[[Path], Path]:
    return lambda folder: zip_of(folder, {name: data})


def cut_zip(folder: Path) -> Path:
    path = zip_of(folder, {NAME: GOOD})
    path.write_bytes(path.read_bytes()[:-40])
    return path


def flipped_zip(folder: Path) -> Path:
    path = zip_of(folder, {NAME: GOOD})
    data = bytearray(path.read_bytes())
    data[120] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def locked_zip(folder: Path) -> Path:
    path = zip_of(folder, {NAME: GOOD})
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def endless_zip(folder: Path) -> Path:
    return zip_of(folder, {NAME: GOOD + b"\n" * 30_000_000})


def lying_zip(folder: Path) -> Path:
    """Says that it unpacks to little, and does not."""
    path = zip_of(folder, {NAME: GOOD + b"\n" * 30_000_000})
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 1000)
    path.write_bytes(bytes(data))
    return path


def odd_zip(folder: Path) -> Path:
    """Packed by a method that nobody here knows."""
    path = zip_of(folder, {NAME: GOOD})
    data = bytearray(path.read_bytes())
    for start, at in ((0, 8), (data.rindex(b"PK\x01\x02"), 10)):
        data[start + at : start + at + 2] = struct.pack("<H", 99)
    path.write_bytes(bytes(data))
    return path


def damaged_lzma_zip(folder: Path) -> Path:
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(NAME, GOOD)
    data = bytearray(path.read_bytes())
    start = 30 + len(NAME)
    data[start + 4 : start + 40] = b"\xff" * 36
    path.write_bytes(bytes(data))
    return path


def with_text(row: int, was: str, becomes: str) -> bytes:
    lines = GOOD.decode().splitlines(keepends=True)
    lines[row - 1] = lines[row - 1].replace(was, becomes)
    return "".join(lines).encode()


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "not there": (lambda folder: folder / "gone.zip", r"There is no file called .*gone\.zip"),
    "cut zip": (cut_zip, "archive.zip is damaged or not a zip archive. Download it again"),
    "damaged zip": (flipped_zip, "is damaged or not a zip archive"),
    "locked zip": (locked_zip, "locked with a password"),
    "endless zip": (endless_zip, "would unpack to far more than such a file holds"),
    "lying zip": (lying_zip, "is damaged or not a zip archive"),
    "odd zip": (odd_zip, "is damaged or not a zip archive"),
    "damaged LZMA zip": (damaged_lzma_zip, "is damaged or not a zip archive"),
    "nothing of ours": (one(b"x", "readme.txt"), "holds no file called like 2019-01-force-street.csv"),
    "no such supplier": (one(GOOD, f"2019-01-{'a' * 61}-street.csv"), "holds no file called like 2019-01-force"),
    "impossible month in the name": (one(GOOD, "2018-13-squareshire-street.csv"), "2018-13 is not a month"),
    "impossible month in a row": (one(with_text(7, "2019-01", "2018-13")), "row 7 says 2018-13, which is not a month"),
    "wrong header": (
        one(GOOD.replace(b"Crime type", b"Type")),
        "not the header of a data.police.uk street file; missing: Crime type",
    ),
    "another layout": (one(b"month\tlongitude\tlatitude\n"), "not the header of a data.police.uk street file"),
    "column twice": (one(csv_bytes([], [*HEADER, "Month"])), "a column is there twice"),
    "empty file": (one(b""), "not the header of a data.police.uk street file"),
    "header only": (one(csv_bytes([])), "has a header and no rows"),
    "half file": (one(GOOD[:-60]), "stops in the middle of row 21. Get the whole file"),
    "half file inside quotes": (one(GOOD + b'a,2019-01,x,x,1,1,"On or'), "stops in the middle of row 22"),
    "open quote": (one(with_text(5, "On or", '"On or')), "a quotation mark is opened and not closed in row 5"),
    "Latin-1": (one(with_text(9, "High", "Café").decode().encode("latin-1")), "row 9 is not in UTF-8"),
    "UTF-16": (one(GOOD.decode().encode("utf-16")), "row 1 is not in UTF-8"),
    "binary": (one(GOOD + b"\0\0"), "is not a text file"),
    "every row shifted": (
        one(GOOD.replace(b",2019-01,", b",,2019-01,")),
        "20 of 20 rows cannot be used, the first is row 2",
    ),
    "another month's rows": (one(GOOD, "2019-02-squareshire-street.csv"), "20 of 20 rows cannot be used"),
    "unknown headings": (one(GOOD.replace(b"Burglary", b"Witchcraft")), "20 of 20 rows cannot be used"),
    "one huge field": (
        one(GOOD.replace(b"High Street", random.Random(1).randbytes(50_000).hex().encode())),
        "20 of 20 rows cannot be used",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_a_message_and_nothing_is_loaded(
    case: str, shire: Squareshire, tmp_path: Path
) -> None:
    make, message = BAD[case]

    with pytest.raises(BadInput, match=message):
        load_police_uk(by=shire.loader, paths=[make(tmp_path)], now=NOW)

    assert not Submission.objects.exists()
    assert not [path for path in files.root().rglob("*") if path.is_file()]


def test_one_bad_month_and_nothing_of_the_archive_is_loaded(shire: Squareshire, tmp_path: Path) -> None:
    february = GOOD.replace(b"2019-01", b"2019-02")
    path = zip_of(tmp_path, {NAME: GOOD, "2019-02/2019-02-squareshire-street.csv": february[:-60]})

    with pytest.raises(BadInput, match=r"2019-02-squareshire-street\.csv stops in the middle"):
        load_police_uk(by=shire.loader, paths=[path], now=NOW)

    assert not Submission.objects.exists()
    assert not [path for path in files.root().rglob("*") if path.is_file()]


def test_the_same_month_twice_with_different_content_is_refused(shire: Squareshire, tmp_path: Path) -> None:
    path = zip_of(tmp_path, {NAME: GOOD, "again/2019-01-squareshire-street.csv": GOOD + GOOD.split(b"\n")[1] + b"\n"})

    with pytest.raises(BadInput, match="there twice with different content"):
        load_police_uk(by=shire.loader, paths=[path], now=NOW)


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {f"{number}.txt": b"" for number in range(20)})

    with pytest.raises(BadInput, match="more than 10 files"), open_archive(path, Caps(members=10)):
        pass


def test_members_are_counted_as_they_unpack(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {NAME: GOOD})

    with open_archive(path, Caps(member_bytes=100)) as archive, pytest.raises(BadInput, match="far more"):
        archive.read(NAME)


def test_a_large_plain_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2019-01-squareshire-street.csv"
    path.write_bytes(GOOD)

    with open_archive(path, Caps(member_bytes=100)) as archive, pytest.raises(BadInput, match="far more"):
        archive.read(path.name)


def test_a_zip_in_a_zip_is_left_closed(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(NAME, GOOD)

    with open_archive(zip_of(tmp_path, {"inner.zip": inner.getvalue()})) as opened:
        assert opened.names == ["inner.zip"]
