"""Files of every sort become RGB, and bad ones say what is wrong."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from benchmarks import decoding
from benchmarks.decoding import BadImageError, decode


@pytest.fixture(scope="module")
def photograph() -> Image.Image:
    return Image.fromarray(load_sample_image("china.jpg")[:60, :80].copy())


def save(image: Image.Image, path, **options):
    image.save(path, **options)
    return path


def test_rgb_is_kept(photograph, tmp_path):
    found = decode(save(photograph, tmp_path / "a.png"))
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, np.asarray(photograph))


@pytest.mark.parametrize("suffix", ["bmp", "tif", "webp", "ppm", "gif"])
def test_formats(photograph, tmp_path, suffix):
    options = {"lossless": True} if suffix == "webp" else {}
    found = decode(save(photograph, tmp_path / f"a.{suffix}", **options))
    assert found.shape == (60, 80, 3)
    tolerance = 40 if suffix == "gif" else 0
    assert np.abs(found.astype(int) - np.asarray(photograph)).mean() <= tolerance


def test_grey_becomes_three_equal_channels(photograph, tmp_path):
    grey = photograph.convert("L")
    found = decode(save(grey, tmp_path / "a.png"))
    for channel in range(3):
        np.testing.assert_array_equal(found[..., channel], np.asarray(grey))


def test_palette(photograph, tmp_path):
    palette = photograph.convert("P", palette=Image.Palette.ADAPTIVE)
    found = decode(save(palette, tmp_path / "a.png"))
    np.testing.assert_array_equal(found, np.asarray(palette.convert("RGB")))


def test_transparent_pixels_lie_on_white(tmp_path):
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, 0] = 10, 20, 30, 255
    pixels[0, 1] = 10, 20, 30, 0
    pixels[1, 0] = 0, 0, 0, 128
    found = decode(save(Image.fromarray(pixels), tmp_path / "a.png"))
    np.testing.assert_array_equal(found[0, 0], (10, 20, 30))
    np.testing.assert_array_equal(found[0, 1], (255, 255, 255))
    assert abs(int(found[1, 0, 0]) - 127) <= 1


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    deep = np.array([[0, 257, 32896, 65535]], np.uint16)
    found = decode(save(Image.fromarray(deep), tmp_path / "a.png"))
    np.testing.assert_array_equal(found[0, :, 0], [0, 1, 128, 255])
    found = decode(save(Image.fromarray(deep), tmp_path / "a.tif"))
    np.testing.assert_array_equal(found[0, :, 2], [0, 1, 128, 255])


def test_sixteen_bits_of_a_dark_image_stay_dark(tmp_path):
    deep = np.full((4, 4), 514, np.uint16)
    found = decode(save(Image.fromarray(deep), tmp_path / "a.png"))
    np.testing.assert_array_equal(found, 2)


def test_cmyk(photograph, tmp_path):
    found = decode(save(photograph.convert("CMYK"), tmp_path / "a.jpg", quality=95))
    assert np.abs(found.astype(int) - np.asarray(photograph)).mean() < 12


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (1, lambda a: a),
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (6, lambda a: np.rot90(a, -1)),
        (8, lambda a: np.rot90(a, 1)),
    ],
)
def test_exif_orientation_is_applied(photograph, tmp_path, orientation, turn):
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = decode(save(photograph, tmp_path / "a.png", exif=exif))
    np.testing.assert_array_equal(found, turn(np.asarray(photograph)))


def jpeg(photograph) -> bytes:
    buffer = io.BytesIO()
    photograph.save(buffer, "JPEG")
    return buffer.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header promises a size; its pixels are absent."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda p: b"", "empty"),
        (lambda p: b"this is no image", "not an image"),
        (lambda p: jpeg(p)[: len(jpeg(p)) // 2], "truncated"),
        (lambda p: jpeg(p)[:30], "image"),
        (lambda p: png_of_size(60_000, 60_000), "bomb"),
        (lambda p: png_of_size(0, 10), "image"),
    ],
    ids=["empty", "text", "half", "header", "bomb", "no-pixels"],
)
def test_bad_files_name_the_path_and_what_is_wrong(photograph, tmp_path, content, reason):
    path = tmp_path / "bad.jpg"
    path.write_bytes(content(photograph))
    with pytest.raises(BadImageError, match=reason) as caught:
        decode(path)
    assert str(path) in str(caught.value)
    assert caught.value.reason


def test_missing_file(tmp_path):
    with pytest.raises(BadImageError, match="cannot be read"):
        decode(tmp_path / "absent.jpg")


def test_bomb_is_refused_before_it_is_decoded(photograph, tmp_path, monkeypatch):
    path = save(photograph, tmp_path / "a.png")
    monkeypatch.setattr(decoding, "MAX_PIXELS", 60 * 80 - 1)
    with pytest.raises(BadImageError, match="bomb"):
        decode(path)
    monkeypatch.setattr(decoding, "MAX_PIXELS", 60 * 80)
    assert decode(path).shape == (60, 80, 3)
