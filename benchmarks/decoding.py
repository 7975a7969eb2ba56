"""Image files to RGB arrays, or an error that names the file and what was wrong."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

# Pillow warns from its own limit on, and refuses from twice that; ours is checked below.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

#: Images of more pixels than this are refused as decompression bombs.
MAX_PIXELS = 100_000_000

#: Formats that are tried. Others (EPS would start Ghostscript, PDF is a document) are not images.
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM")

#: File names that a folder scan takes for images.
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"}
)


class BadImageError(ValueError):
    """A file that does not decode to an image.

    Parameters
    ----------
    path : str or Path
        The file.
    reason : str
        What was wrong with it.
    """

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(str(path), reason)
        self.path = str(path)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.reason}. Repair or remove the file, or set "
            'on_bad_image = "skip" in the task to leave such files out (they are then listed).'
        )


def decode(path: str | Path) -> np.ndarray:
    """Decode an image file to RGB, upright.

    Grey, palette, RGBA (on white), CMYK, 1-bit and 16-bit files become 8-bit RGB, and
    the EXIF orientation is applied. Of an animation the first frame is taken.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    ndarray of shape (height, width, 3), uint8
        RGB values in [0, 255].

    Raises
    ------
    BadImageError
        If the file is missing, empty, truncated, not an image, without pixels or a
        decompression bomb.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadImageError(path, f"cannot be read ({error.strerror or error})") from error
    if not data:
        raise BadImageError(path, "the file is empty")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise BadImageError(
                    path,
                    f"{width} x {height} pixels are more than the {MAX_PIXELS:,} allowed "
                    "(a decompression bomb?)",
                )
            if width == 0 or height == 0:
                raise BadImageError(path, "the image has no pixels")
            image.load()
            return _to_rgb(ImageOps.exif_transpose(image))
    except BadImageError:
        raise
    except UnidentifiedImageError as error:
        raise BadImageError(path, "not an image in a known format") from error
    except Image.DecompressionBombError as error:
        raise BadImageError(path, f"too large ({error})") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError) as error:
        # Pillow's decoders raise all of these on damaged files.
        raise BadImageError(path, f"damaged or truncated ({error})") from error


def _to_rgb(image: Image.Image) -> np.ndarray:
    mode = image.mode
    if mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        return _deep_grey_to_rgb(np.asarray(image), mode)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, layer)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8))


def _deep_grey_to_rgb(values: np.ndarray, mode: str) -> np.ndarray:
    """Scale deep grey values to bytes; Pillow's own conversion would clip them at 255."""
    values = values.astype(np.float64)
    if mode == "F":
        values = np.nan_to_num(values)
        top = max(float(values.max()), 1.0 if values.max() <= 1.0 else 255.0)
    else:
        # PNG and TIFF of 16 bits arrive as "I" or "I;16"; full scale is 65535.
        top = 65535.0 if values.max() <= 65535 else float(values.max())
    grey = np.clip(np.rint(values * (255.0 / top)), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)
