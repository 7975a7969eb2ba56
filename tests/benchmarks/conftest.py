"""Small real images in files, and tasks over them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image


def crop(source: str, seed: int, size: int = 48) -> np.ndarray:
    photograph = load_sample_image(source)
    rng = np.random.default_rng(seed)
    y = rng.integers(photograph.shape[0] - size)
    x = rng.integers(photograph.shape[1] - size)
    return photograph[y : y + size, x : x + size].copy()


@pytest.fixture(scope="session")
def folder_of_classes(tmp_path_factory) -> Path:
    """Two photographs cut into crops: a folder a photograph, 14 and 9 images."""
    root = tmp_path_factory.mktemp("classes")
    for name, source, count in (("china", "china.jpg", 14), ("flower", "flower.jpg", 9)):
        (root / name).mkdir()
        for i in range(count):
            Image.fromarray(crop(source, i)).save(root / name / f"{i:03d}.png")
    return root


@pytest.fixture
def annotated(tmp_path) -> Path:
    """A CSV over 24 crops, in videos of 6 shots, with two concepts, some unjudged."""
    (tmp_path / "frames").mkdir()
    lines = ["path,split,video,shot,china,flower"]
    for i in range(24):
        source = ("china.jpg", "flower.jpg")[i % 2]
        Image.fromarray(crop(source, i)).save(tmp_path / "frames" / f"{i}.png")
        part = ("train", "val", "test", "train")[i // 6]
        china, flower = (1, 0) if i % 2 == 0 else (0, 1)
        if i % 5 == 4:
            flower = -1
        lines.append(f"frames/{i}.png,{part},v{i // 6},{i % 6},{china},{flower}")
    path = tmp_path / "annotations.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
