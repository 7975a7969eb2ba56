"""`conceptbench list`, `doctor` and `--help`: what there is to name, and whether all is there."""


def test_help_shows_examples(conceptbench, here):
    for command in ("run", "report", "list", "doctor"):
        assert f"conceptbench {command}" in here(command, "--help")
    assert conceptbench("--version").startswith("conceptbench 0.")


def test_list_and_doctor(conceptbench, here):
    output = conceptbench("list")
    for name in ("quickstart", "dense-sift", "bag-of-words", "small-cnn", "temporal", "ap_voc07"):
        assert name in output
    output = here("list", "bag-of-words")
    assert "words = 512" in output
    assert "spatial pyramid" in output
    training = here("list", "training")
    for line in ("learning_rate = 0.003", "schedule : {", "Largest rotation in degrees"):
        assert line in training
    for name in ("kernel-sum", "concatenation"):
        shown = here("list", name)
        assert f"{name} takes:\n  weights = 'search'\n\n" in shown
        assert name in here("list", "early")
    assert "post_power = 1.0" in here("list", "optimization")
    # What the task and the training say is not for a suite to say; lines stay as they are.
    network = here("list", "resnet-10")
    assert "resnet-10 takes:\n  width = 32\n" in network
    assert "\n  grids = None\n" in network
    assert "layers, by default: stem.conv, stem.norm, stem.relu, stem, stage1.conv1" in network
    assert "    Channels of the first stage; the last has ``8 * width``. Time grows with" in network
    mlp = here("list", "explicit-mlp").split("\n\n")[0]
    assert "hidden = " in mlp
    assert not any(f"\n  {name}" in mlp for name in ("random_state", "stages", "device"))
    assert "activations takes:\n  of  (the name of" in here("list", "activations")
    output = here("doctor")
    assert "All that conceptbench needs is there" in output
    assert "needs caltech101" in " ".join(output.split())
