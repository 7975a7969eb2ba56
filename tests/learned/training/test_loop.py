import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from learned.pixels import Normalization
from learned.training import loop
from learned.training.augmentation import Augmentation
from learned.training.averaging import AveragedWeights
from learned.training.loop import train
from learned.training.recipe import Recipe
from learned.training.reproducibility import reproducible
from learned.training.schedule import Schedule

CPU = torch.device("cpu")
ALL = np.arange(10)


def images(n):
    return np.random.default_rng(0).integers(0, 256, (n, 4, 4, 3), dtype=np.uint8)


def run(network, Y, seed=0, rows=None, held_out=None, progress=None, report=None, **options):
    settings = {
        "epochs": 3, "batch_size": 4, "optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 0.0,
    } | options  # fmt: skip
    normalization = Normalization(np.full(3, 127, np.float32), np.full(3, 60, np.float32), CPU)
    return train(
        network,
        torch.from_numpy(images(len(Y))),
        np.asarray(Y, np.float32),
        np.arange(len(Y)) if rows is None else rows,
        Recipe(**settings),
        normalization=normalization,
        generator=torch.Generator().manual_seed(seed),
        held_out=held_out,
        progress=progress,
        report=report,
    )


def linear(n_concepts=2):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Flatten(), nn.Linear(48, n_concepts))


def deep(n_concepts=2):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3),
            nn.Linear(24, n_concepts),
        )  # fmt: skip


def labels(n=10, c=2):
    return np.random.default_rng(1).integers(0, 2, (n, c))


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_the_loss_falls(optimizer):
    history = run(linear(), labels(), epochs=30, optimizer=optimizer, learning_rate=0.03)
    assert len(history.curve) == 30
    assert history.curve[-1] < 0.3 * history.curve[0]


def test_one_sgd_step_by_hand():
    network = linear(1)
    weight, bias = (p.detach().clone() for p in network.parameters())
    Y = np.array([[1], [0], [-1]])
    inputs = []
    network.register_forward_pre_hook(lambda module, args: inputs.append(args[0].clone()))
    order = torch.randperm(3, generator=torch.Generator().manual_seed(0))
    run(network, Y, epochs=1, batch_size=3, learning_rate=0.1)
    x = inputs[0].flatten(1)
    y = torch.as_tensor(Y, dtype=torch.float32)[order, 0]
    p = (x @ weight[0] + bias).sigmoid()
    gradient = ((p - y) * (y >= 0) / 2) @ x
    # Half-way through a schedule of one step; Nesterov's first step is 1 + momentum.
    rate = 0.1 * 0.5 * (1 + np.cos(np.pi * 0.3 / 0.8))
    assert torch.allclose(network[1].weight[0], weight[0] - rate * 1.9 * gradient, atol=1e-6)


def test_the_rate_of_each_step_is_the_schedules():
    network, rates = linear(), []
    original = torch.optim.SGD.step

    def step(self, *args):
        rates.append(self.param_groups[0]["lr"])
        return original(self, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", step)
        run(network, labels(), schedule="cosine", warm_up_share=0.3)
    schedule = Schedule("cosine", 9, 0.3)
    assert rates == [0.1 * schedule(step) for step in range(9)]


def test_a_batch_without_judgments_changes_nothing():
    network = linear()
    before = copy.deepcopy(network.state_dict())
    assert run(network, np.full((4, 2), -1)).curve == [0, 0, 0]
    assert all(torch.equal(w, before[name]) for name, w in network.state_dict().items())


def test_weight_decay_spares_biases():
    network = linear()
    nn.init.ones_(network[1].bias)
    run(network, np.full((4, 2), -1), weight_decay=1.0)
    assert (network[1].bias == 1).all()
    assert network[1].weight.norm() < linear()[1].weight.norm()


@pytest.mark.parametrize(("n", "batch_size", "sizes"), [(9, 4, [3, 3, 3]), (10, 4, [4, 3, 3])])
def test_batches_are_of_equal_size(n, batch_size, sizes):
    network, seen = linear(), []
    network.register_forward_pre_hook(lambda module, args: seen.append(len(args[0])))
    run(network, labels(n), epochs=1, batch_size=batch_size)
    assert seen == sizes


def test_an_epoch_sees_each_chosen_row_once_and_no_other():
    network, seen = linear(), []
    network.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    rows = np.array([1, 2, 5, 7, 8])
    run(network, labels(), rows=rows, epochs=2)
    means = torch.cat(seen).mean(dim=(1, 2, 3)).view(2, 5).sort(dim=1).values
    expected = np.sort((images(10)[rows].mean(axis=(1, 2, 3)) - 127) / 60)
    assert np.allclose(means, expected, atol=1e-5)


def test_frozen_parameters_stay():
    network = linear()
    network[1].weight.requires_grad_(False)
    run(network, labels())
    assert torch.equal(network[1].weight, linear()[1].weight)
    assert not torch.equal(network[1].bias, linear()[1].bias)


def test_a_loss_that_is_not_finite_names_epoch_step_and_rate():
    network, calls = linear(), []

    def poison(module, args, output):
        calls.append(1)
        return output * torch.nan if len(calls) == 5 else output

    network.register_forward_hook(poison)
    rate = 0.1 * Schedule("one-cycle", 9)(4)
    with pytest.raises(
        FloatingPointError,
        match=rf"became nan in epoch 2 of 3, step 2 of 3, at learning rate {rate:.3g}; lower",
    ):
        run(network, labels())
    # It is caught before the weights are spoilt.
    assert torch.isfinite(network[1].weight).all()


def test_epochs_are_reported_as_they_end():
    reports = []
    run(linear(), labels(), report=lambda *report: reports.append(report))
    assert [fraction for fraction, _ in reports] == pytest.approx([1 / 3, 2 / 3, 1])
    assert reports[0][1].startswith("epoch 1 of 3: loss 0.")


def test_the_best_epoch_on_held_out_samples_is_what_remains(monkeypatch):
    values, states = iter([0.2, 0.9, 0.9, 0.1]), []
    network = deep()

    def measure(metric, loss, logits, targets):
        states.append(copy.deepcopy(network.state_dict()))
        assert (metric, loss, logits.shape) == ("ap", "bce", (3, 2))
        return next(values)

    monkeypatch.setattr(loop, "measure", measure)
    history = run(network, labels(), rows=ALL[3:], held_out=ALL[:3], epochs=4)
    assert history.best_epoch == 2
    assert history.validation_curve == [0.2, 0.9, 0.9, 0.1]
    assert all(torch.equal(w, states[1][name]) for name, w in network.state_dict().items())
    assert not network.training


def test_patience_ends_a_training_and_says_so(monkeypatch):
    values, reports = iter([0.5, 0.6, 0.3, 0.2, 0.9]), []
    monkeypatch.setattr(loop, "measure", lambda *_: next(values))
    history = run(
        linear(), labels(), rows=ALL[3:], held_out=ALL[:3], epochs=9, patience=2,
        report=lambda *report: reports.append(report),
    )  # fmt: skip
    assert (len(history.curve), history.best_epoch) == (4, 2)
    assert reports[-1][0] == 1
    assert "no better one since epoch 2" in reports[-1][1]


def test_validation_is_done_without_dropout_and_leaves_the_training_as_it_is():
    plain, watched = deep(), deep()
    with reproducible(0, CPU):
        run(plain, labels(), rows=ALL[3:])
    with reproducible(0, CPU):
        history = run(watched, labels(), rows=ALL[3:], held_out=ALL[:3], validation_metric="loss")
    if history.best_epoch == 3:
        assert torch.equal(plain[0].weight, watched[0].weight)
    assert len(set(history.validation_curve)) == 3


@pytest.mark.parametrize("kind", ["exponential", "last"])
def test_averaged_weights_are_what_remains(kind):
    network, updates = deep(), []
    with pytest.MonkeyPatch.context() as patch:
        original = AveragedWeights.update

        def update(self, step):
            original(self, step)
            updates.append(self.network[5].weight.detach().clone())

        patch.setattr(AveragedWeights, "update", update)
        run(network, labels(), average=kind, average_share=0.5)
    assert len(updates) == 9
    if kind == "last":
        expected = torch.stack(updates[4:]).mean(dim=0)
    else:
        powers = (1 - 1 / 4.5) ** torch.arange(8.0, -1, -1)
        expected = (torch.stack(updates) * powers[:, None, None]).sum(dim=0) / powers.sum()
    assert torch.allclose(network[5].weight, expected, atol=1e-6)
    # The statistics are those of the training images under these weights.
    x = (torch.from_numpy(images(10)).float() - 127) / 60
    y = network[0](x.permute(0, 3, 1, 2))
    assert torch.allclose(network[1].running_mean, y.mean(dim=(0, 2, 3)), atol=1e-5)
    assert torch.allclose(network[1].running_var, y.var(dim=(0, 2, 3)), atol=1e-5)


def test_bf16_trains_to_nearly_the_same():
    networks = deep(), deep()
    for network, precision in zip(networks, ("float32", "bf16")):
        with reproducible(0, CPU):
            run(network, labels(), precision=precision)
    difference = networks[0][5].weight - networks[1][5].weight
    moved = networks[0][5].weight - deep()[5].weight
    assert 0 < difference.norm() < 0.05 * moved.norm()
    assert networks[1][5].weight.dtype == torch.float32


def test_compile_runs_the_network_through_the_compiler(monkeypatch):
    through = []

    def backend(graph, inputs):
        through.append(graph)
        return graph.forward

    compiler = torch.compile
    monkeypatch.setattr(torch, "compile", lambda network: compiler(network, backend=backend))
    plain, compiled = linear(), linear()
    run(plain, labels(8))
    assert not through
    run(compiled, labels(8), compile=True)
    assert through
    assert torch.allclose(plain[1].weight, compiled[1].weight, atol=1e-6)


class Kept:
    """Progress in memory, as bytes; cut off after so many checkpoints."""

    def __init__(self, cut=None):
        self.cut, self.states = cut, []

    def load(self):
        return pickle.loads(self.states[-1]) if self.states else None

    def save(self, state):
        self.states.append(pickle.dumps(state))
        if len(self.states) == self.cut:
            raise KeyboardInterrupt


EVERYTHING = {
    "optimizer": "adamw",
    "augmentation": Augmentation(0.1, 0.2, 20.0, True, 0.3, 0.3, 0.2, 0.1, 0.4),
    "mixup": 0.4,
    "cutmix": 0.5,
    "average": "exponential",
    "average_share": 0.3,
    "validation_metric": "loss",
    "precision": "bf16",
}


@pytest.mark.parametrize("cut", range(1, 9))
@pytest.mark.parametrize("options", [{}, EVERYTHING], ids=["plain", "everything"])
def test_a_training_cut_off_anywhere_goes_on_to_the_same_bits(monkeypatch, cut, options):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", -1.0)
    held_out = ALL[:3] if options else None

    def once(progress, seed=0):
        network = deep()
        with reproducible(seed, CPU):
            torch.rand(7)  # what building a network draws
            history = run(
                network, labels(), rows=ALL[3:], held_out=held_out, progress=progress, epochs=3,
                batch_size=4, **options,
            )  # fmt: skip
        return network.state_dict(), history

    expected, history = once(None)
    kept = Kept(cut)
    with pytest.raises(KeyboardInterrupt):
        once(kept)
    assert len(kept.states) == cut
    # Another seed: everything that is random comes from the checkpoint.
    found, again = once(kept, seed=99)
    assert again == history
    assert all(torch.equal(found[name], w) for name, w in expected.items())


def test_checkpoints_are_a_minute_apart_at_least_and_a_step_more_at_most(monkeypatch):
    clock, saved = [0.0], [0.0]

    class Watched(Kept):
        def save(self, state):
            saved.append(clock[0])

    network = linear()
    monkeypatch.setattr(loop.time, "monotonic", lambda: clock[0])
    network.register_forward_pre_hook(lambda *_: clock.__setitem__(0, clock[0] + 25))
    run(network, labels(), epochs=9, progress=Watched())
    assert len(saved) == 1 + 27 // 3
    assert all(60 < later - earlier <= 85 for earlier, later in pairwise(saved))
