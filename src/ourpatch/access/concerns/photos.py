"""Pictures people send: checked, made anew without the camera's own notes, and kept where only a checked page reads."""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from django.conf import settings
from PIL import ExifTags, Image, UnidentifiedImageError

from ourpatch.ground.errors import BadInput, Problems, RuleBroken
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

LARGEST_BYTES = 10 * 1024 * 1024
# A small file can unfold into gigabytes: what is larger than any telephone's camera is refused before it is unpacked.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_000
KINDS = ("JPEG", "PNG", "WEBP")
QUALITY = 85
# How a camera says that it was held, and the turn that stands the picture upright. Source: Exif 2.32, tag 0x0112.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A picture made anew: JPEG bytes, size in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The digest of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def clean(upload: IO[bytes]) -> CleanPhoto:
    """A picture without place, time, camera or thumbnail in it. Raises RuleBroken, beside the field `photo`, when it is none."""
    raw = upload.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        raise _refused(_("The picture is too large. Choose one of at most 10 megabytes."))
    try:
        with Image.open(BytesIO(raw), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _refused(_("The picture has too many pixels. Choose a smaller one."))
            return _made_anew(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused(_("We could not read that picture. Choose a JPEG, PNG or WebP picture.")) from error


def keep(photo: CleanPhoto, now: datetime) -> str:
    """Write the picture under MEDIA_ROOT, durably, and return its path there. Nobody is shown the path."""
    path = f"concerns/{now:%Y/%m}/{uuid7()}.jpg"
    file = Path(settings.MEDIA_ROOT) / path
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(photo.content)
        out.flush()
        os.fsync(out.fileno())
    return path


def throw_away(path: str) -> None:
    """Remove a picture whose row was never written."""
    (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)


def read(path: str) -> bytes:
    """The bytes of a kept picture. Raises BadInput when the file is gone."""
    try:
        return (Path(settings.MEDIA_ROOT) / path).read_bytes()
    except OSError as error:
        raise BadInput(
            _("The picture is missing from the store. Tell your administrator: a backup may hold it.")
        ) from error


def _made_anew(picture: Image.Image) -> CleanPhoto:
    # Made small while it is unpacked, so that memory stays small too; then turned upright, which only the camera's notes know.
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = _upright(picture).convert("RGBA")
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY)
    return CleanPhoto(out.getvalue(), plain.width, plain.height)


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its notes say; as it is when they are damaged, since none of them is kept."""
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
    except (struct.error, OSError, ValueError, SyntaxError, TypeError, KeyError):
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _refused(message: Message) -> RuleBroken:
    return RuleBroken(Problems.collect([("photo", message)]))
