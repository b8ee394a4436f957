"""Pictures: nothing of the camera's own notes is left, bombs and other files are refused, nobody sees one without the right."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ourpatch.access.concerns import actions, photos
from ourpatch.access.concerns.models import Concern, Photo
from ourpatch.ground.errors import RuleBroken

from .factories_concerns import NOON, draft_of, make_public, make_scene, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (400, 200), turned: bool = False) -> BytesIO:
    exif = Image.Exif()
    exif[MAKE] = "SecretCameraMaker"
    exif.get_ifd(GPS)[1] = "N"
    if turned:
        exif[ORIENTATION] = 6
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, exif=exif, comment=b"taken at home")
    out.seek(0)
    return out


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_cameras_notes_is_left(kind: str) -> None:
    source = a_picture(kind)
    assert b"SecretCameraMaker" in source.getvalue()
    clean = photos.clean(source)
    with Image.open(BytesIO(clean.content)) as made:
        assert made.format == "JPEG"
        assert dict(made.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & made.info.keys()
    assert b"SecretCameraMaker" not in clean.content


def test_a_turned_picture_stands_upright_without_its_note() -> None:
    clean = photos.clean(a_picture(turned=True))
    assert (clean.width, clean.height) == (200, 400)


def test_a_large_picture_is_made_smaller() -> None:
    clean = photos.clean(a_picture(size=(5000, 2500)))
    assert (clean.width, clean.height) == (2000, 1000)


def a_bomb() -> BytesIO:
    """A tiny PNG that says it is 30,000 by 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )
    return BytesIO(b"\x89PNG\r\n\x1a\n" + chunks)


@pytest.mark.parametrize(
    "upload",
    [
        a_bomb(),
        BytesIO(b""),
        BytesIO(b"%PDF-1.7 not a picture"),
        BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        BytesIO(a_picture().getvalue()[:600]),
        BytesIO(b"\xff\xd8\xff" + b"\0" * (photos.LARGEST_BYTES + 1)),
    ],
    ids=["bomb", "empty", "pdf", "svg", "cut off", "too large"],
)
def test_what_is_no_fit_picture_is_refused_beside_its_field(upload: BytesIO) -> None:
    with pytest.raises(RuleBroken) as refused:
        photos.clean(upload)
    assert list(refused.value.problems.by_field) == ["photo"]


def test_it_is_kept_under_a_name_of_our_own_and_read_back(media: Path) -> None:
    scene = make_scene()
    clean = photos.clean(a_picture())
    actions.raise_concern(by=make_public(scene.partnership), draft=draft_of(scene), photo=clean, now=NOON)
    kept = Photo.objects.get()
    assert photos.read(kept.path) == clean.content
    assert (media / kept.path).stat().st_mode & 0o077 == 0


def test_what_is_refused_leaves_no_file_behind(media: Path) -> None:
    scene = make_scene()
    clean = photos.clean(a_picture())
    with pytest.raises(RuleBroken):
        actions.raise_concern(by=make_public(scene.partnership), draft=draft_of(scene, what=""), photo=clean, now=NOON)
    code = raise_one(scene).code
    with pytest.raises(RuleBroken):
        actions.add_to_concern(by=make_public(scene.partnership), code=code, text="", photo=clean, now=NOON)
    assert [each for each in media.rglob("*") if each.is_file()] == []


def test_a_form_posted_twice_keeps_one_picture(media: Path) -> None:
    scene = make_scene()
    draft = draft_of(scene, idempotency_key="same")
    for _ in range(2):
        actions.raise_concern(by=make_public(scene.partnership), draft=draft, photo=photos.clean(a_picture()), now=NOON)
    assert Concern.objects.count() == Photo.objects.count() == 1
    assert len(list(media.rglob("*.jpg"))) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_notes_of_a_camera_do_not_cost_the_picture(kind: str) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, kind, exif=b"Exif\0\0II*\0")
    clean = photos.clean(BytesIO(out.getvalue()))
    assert (clean.width, clean.height) == (40, 20)
