"""Race: the training loop beside a bare loop in torch, images already in memory."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from benchmarks.speed.agreement import Agreement
from benchmarks.speed.contestant import Contestant
from benchmarks.speed.images import Images
from benchmarks.speed.race import Outputs, Race, Size
from benchmarks.speed.work import Work

BATCH = 32


class _Loop(Contestant):
    """What all have in common: pixels in memory, the losses of a few epochs out."""

    device = "cpu"

    def load(self) -> None:
        import torch

        self.torch = torch

    def prepare(self) -> None:
        settings = self.work.settings
        self.epochs, self.image_size = int(settings["epochs"]), int(settings["image_size"])
        self.pixels = np.array(self.work.arrays["pixels"])
        self.labels = np.array(self.work.arrays["labels"])
        self.concepts = int(self.labels.max()) + 1

    def network(self) -> Any:
        """Build the network that all train, from equal weights."""
        from learned.networks.small_cnn import build

        self.torch.manual_seed(0)
        width = int(self.work.settings["width"])
        network: Any = build(self.concepts, self.image_size, width=width).to(self.device)
        return network.to(memory_format=self.torch.channels_last)

    def first(self) -> None:
        self.train(2 * BATCH, 1)

    def run(self) -> None:
        self.result = self.train(len(self.pixels), self.epochs)

    @abstractmethod
    def train(self, count: int, epochs: int) -> list[float]:
        """Train a fresh network on the first images; return the mean loss of each epoch."""

    def output(self) -> Outputs:
        return {"losses": np.array(self.result)}


class Ours(_Loop):
    """`learned.training.loop`, without augmentation; checkpoints, checks and all else as ever."""

    name = "conceptbench"
    module = "learned.training.loop"
    distribution = "conceptbench"

    def train(self, count: int, epochs: int) -> list[float]:
        from learned.pixels import Normalization, channel_statistics
        from learned.training.loop import train
        from learned.training.memory import kept_memory
        from learned.training.recipe import Recipe

        torch, device = self.torch, self.torch.device(self.device)
        mean, deviation = channel_statistics(self.pixels[:count])
        with kept_memory(device):
            history = train(
                self.network(),
                torch.from_numpy(self.pixels[:count]),
                np.eye(self.concepts, dtype=np.float32)[self.labels[:count]],
                np.arange(count),
                Recipe(epochs=epochs, batch_size=BATCH, loss="softmax"),
                normalization=Normalization(mean, deviation, device),
                generator=torch.Generator().manual_seed(0),
            )
        return list(history.curve)


class OursOnCUDA(Ours):
    """The same on the first CUDA device."""

    name = "conceptbench on CUDA"
    device = "cuda"

    @classmethod
    def missing(cls) -> str | None:
        import torch

        return None if torch.cuda.is_available() else "not to be had: torch finds no CUDA device"

    @classmethod
    def title(cls) -> str:
        import torch

        return f"conceptbench on {torch.cuda.get_device_name()}"


class Bare(_Loop):
    """What is left when everything but the training itself is left out.

    Batches are taken from one standardised array of floats, in torch's own loop of forward,
    backward and step, with a fixed learning rate and no check of anything.
    """

    name = "bare torch loop"
    module = "torch"
    distribution = "torch"
    differs = "float images standardised beforehand, a fixed learning rate, nothing checked"
    limit = True

    def prepare(self) -> None:
        super().prepare()
        torch = self.torch
        floats = torch.from_numpy(self.pixels).permute(0, 3, 1, 2).float()
        floats = (floats - floats.mean((0, 2, 3), True)) / floats.std((0, 2, 3), keepdim=True)
        self.images = floats.contiguous(memory_format=torch.channels_last).to(self.device)
        self.targets = torch.from_numpy(self.labels).to(self.device)

    def train(self, count: int, epochs: int) -> list[float]:
        torch = self.torch
        network = self.network().train()
        optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.05)
        curve = []
        for _ in range(epochs):
            total = torch.zeros((), device=self.device)
            for rows in torch.randperm(count).split(BATCH):
                logits = network(self.images[rows])
                loss = torch.nn.functional.cross_entropy(logits, self.targets[rows])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(rows)
            curve.append(float(total) / count)
        return curve


class TrainingLoopRace(Race):
    """Images trained on a second, from memory."""

    name = "training-loop"
    title = "The training loop"
    unit = "images"
    contestants = (Ours, OursOnCUDA, Bare)
    size = Size(images=512, rounds=5)
    quick = Size(images=64, rounds=1)

    def work(self, images: Images, size: Size, quick: bool) -> Work:
        from learned.pixels import resize

        epochs, image_size, width = (1, 32, 4) if quick else (4, 64, 16)
        labels = np.unique(images.labels, return_inverse=True)[1]
        if labels.max() == 0:
            raise ValueError("training needs images from two folders at least")
        pixels = np.stack([resize(image, image_size) for image in images.pixels])
        return Work(
            units=len(pixels) * epochs,
            description=f"{len(pixels)} images of {image_size} pixels, {epochs} "
            f"epoch{'s' * (epochs != 1)} of a 7-layer convolutional network, "
            f"batches of {BATCH}, no augmentation",
            settings={"epochs": epochs, "image_size": image_size, "width": width},
            arrays={"pixels": pixels, "labels": labels.astype(np.int64)},
        )

    def agreement(self, work: Work, ours: Outputs, theirs: Outputs) -> Agreement:
        ratio = float(theirs["losses"][-1] / ours["losses"][-1])
        return Agreement("last loss ratio", ratio)
