"""Golden images: a broken drawing fails, another hinting of its letters does not."""

import io
import os
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
import typst
from PIL import Image, ImageFilter

from reports import Tables, build
from reports.document import Figure
from reports.pdf import FONTS

FOLDER = Path(__file__).with_name("golden")
#: Set to 1, the golden images are written anew instead of compared: look at them before a commit.
RENEW = "CONCEPTBENCH_RENEW_GOLDEN"
#: Share of the ink that may differ: half a pixel's shift moves 6 %, missing bars 17 %.
TOLERANCE = 0.11
_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image("figure.svg")
"""


def picture(svg: str, ppi: float = 72) -> np.ndarray:
    """Return a drawing as grey values, shape (height, width), 0 black to 1 white."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "figure.svg").write_text(svg, encoding="utf-8")
        (folder / "page.typ").write_bytes(_PAGE)
        page = typst.compile(
            str(folder / "page.typ"), root=name, font_paths=[str(FONTS)], format="png", ppi=ppi
        )
    return np.asarray(Image.open(io.BytesIO(page)).convert("L"), dtype=np.float64) / 255


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return how much ink differs, as a share of all ink; 1 for pictures of different sizes.

    Both are blurred by two pixels first: edges that are drawn a little otherwise count little.
    """
    if np.abs(np.subtract(one.shape, other.shape)).max() > 2:
        return 1.0
    height, width = np.minimum(one.shape, other.shape)
    a, b = (_blurred(x[:height, :width]) for x in (one, other))
    return float(np.abs(a - b).sum() / max((1 - a).sum(), (1 - b).sum(), 1e-9))


def _blurred(picture: np.ndarray) -> np.ndarray:
    image = Image.fromarray((255 * picture).round().astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(2)), dtype=np.float64) / 255


def check(name: str, svg: str) -> None:
    """Compare a drawing with its golden image, or renew that."""
    path = FOLDER / f"{name}.png"
    found = picture(svg)
    if os.environ.get(RENEW) == "1":
        image = Image.fromarray((255 * found).round().astype(np.uint8))
        image.quantize(16).save(path, optimize=True)
        return
    golden = np.asarray(Image.open(path).convert("L"), dtype=np.float64) / 255
    apart = difference(found, golden)
    if apart > TOLERANCE:
        seen = Path(tempfile.gettempdir()) / f"{name}-drawn.png"
        Image.fromarray((255 * found).round().astype(np.uint8)).save(seen)
        raise AssertionError(
            f"{name}: {100 * apart:.0f} % of the ink differs from {path}; drawn now: {seen}. "
            f"If it is meant, run this test with {RENEW}=1 and commit the picture"
        )


@pytest.fixture(scope="module")
def drawings(synthetic, tmp_path_factory):
    """The figures of a fixed run of seven systems on twelve concepts, by their ids."""
    systems = [
        synthetic.Quality("colour-histogram", "engineered", 0.7, tilt=-0.3),
        synthetic.Quality("bag-of-words", "engineered", 1.4, tilt=-0.4),
        synthetic.Quality("fisher-vector", "engineered", 1.7),
        synthetic.Quality("perceptron", "learned", 0.8, tilt=0.3),
        synthetic.Quality("small-cnn", "learned", 1.8, tilt=0.4),
        synthetic.Quality("late", "fused", 2.4, members=("fisher-vector", "small-cnn")),
        synthetic.Quality("all", "fused", 2.5, members=("fisher-vector", "small-cnn")),
    ]
    material = synthetic.Material("task", tuple("abcdefghijkl"), samples=400, sizes=(None,))
    run = synthetic.make_run(tmp_path_factory.mktemp("golden"), [material], systems)
    stages = ["colour-histogram", "bag-of-words", "fisher-vector", "late"]
    run.info["suite"]["source"] = f"incorporation = {stages}"
    document = build(run, lambda task: None, Tables.of(run))
    return {block.id: block for block in document.blocks() if isinstance(block, Figure)}


@pytest.mark.parametrize("name", ["comparison", "critical-difference", "pairwise", "incorporation"])
def test_figures_look_as_they_did(drawings, name):
    check(name, drawings[f"{name}-0"].svg)


def test_the_comparison_is_finer_than_what_breaks_and_coarser_than_hinting(drawings):
    svg = drawings["critical-difference-0"].svg
    whole = picture(svg)
    # Half a pixel to the right, every edge and letter comes out differently.
    assert difference(whole, (whole + np.roll(whole, 1, axis=1)) / 2) < TOLERANCE
    # Without the bars, or three pixels to the right.
    bars = re.sub(r"stroke-width: 3", "stroke-width: 0", svg)
    assert bars != svg
    assert difference(whole, picture(bars)) > TOLERANCE
    assert difference(whole, picture(drawings["pairwise-0"].svg)) > TOLERANCE
    moved = np.roll(whole, 3, axis=1)
    assert difference(whole, moved) > TOLERANCE
