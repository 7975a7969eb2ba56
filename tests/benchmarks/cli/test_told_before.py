"""What `conceptbench` says before anything runs: wrong use, a plan, what will be left out."""

import shutil

import pytest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "quikstart"], "did you mean 'quickstart'"),
        (["run", "absent.toml"], "there is no suite file absent.toml"),
        (
            ["run", "caltech101"],
            "caltech101 was not found: name the folder that holds it by --data DIR or "
            "CONCEPTBENCH_DATA (DIR/caltech101, with a sub-folder of images for each concept)",
        ),
        (["run", "quickstart", "--data", "absent"], "which is not a folder"),
        (["run", "quickstart", "--device", "gpu"], "expected auto, cpu, cuda"),
        (["run", "quickstart", "--only", "x"], "matches no system; there are: words"),
        (["report", "absent"], "absent is not a run folder"),
        (["list", "descriptor"], "did you mean 'descriptors'"),
        (["list", "fishr"], "did you mean 'fisher'"),
        (["list", "qqq"], "there are: aggregators, classifiers"),
        (["run"], "Missing argument"),
        (["rnu"], "No such command"),
    ],
)
def test_wrong_use(here, arguments, message):
    output = here(*arguments, expect=2)
    assert message in " ".join(output.split())


def test_a_folder_that_is_not_a_runs_is_left_alone(conceptbench, engineered, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    assert "holds other things" in conceptbench("run", engineered, "--out", "mine", expect=2)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


def test_dry_run_runs_nothing(conceptbench, here, engineered, tmp_path):
    output = here("run", engineered, "--dry-run")
    assert "0 complete, 8 to run" in output
    assert not (tmp_path / "runs").exists()
    conceptbench("run", engineered, "--no-report", "--only", "colour")
    output = here("run", engineered, "--dry-run")
    assert "4 complete, 4 to run" in output


def test_files_left_out_are_counted_before_anything_runs(here, folder_of_classes, tmp_path):
    shutil.copytree(folder_of_classes, tmp_path / "crops")
    (tmp_path / "crops" / "flower" / "broken.png").write_bytes(b"none")
    (tmp_path / "s.toml").write_text(
        'name = "s"\n[[tasks]]\nname = "crops"\ntrain_sizes = [4]\n'
        'task = { name = "folder", path = "crops", on_bad_image = "skip" }\n'
        '[[systems]]\nname = "colour"\ndescriptor = "colour-histogram"\n'
        'classifier = "linear-svm"\n'
    )
    output = here("run", "s.toml", "--dry-run")
    assert "crops: 1 file left out; the report says which" in output


def test_a_wrong_value_is_told_by_a_dry_run(here, engineered):
    text = engineered.read_text()
    engineered.write_text(text.replace("words = 16", 'words = "16"'))
    output = here("run", engineered, "--dry-run", expect=2)
    said = (
        "system 'words': aggregator 'bag-of-words': words must be a whole number from 1, got '16'"
    )
    assert said in " ".join(output.split())


def test_trials_of_another_number_of_threads_are_counted(conceptbench, here, engineered):
    run = ("run", engineered, "--only", "colour")
    conceptbench(*run, "--no-report", "--jobs", "1", "--threads", "2")
    output = " ".join(here(*run, "--dry-run", "--jobs", "1", "--threads", "1").split())
    assert "4 complete trials in" in output
    assert "made with 2 threads a worker, not 1" in output
    assert "With --threads 2, what is otherwise unchanged is found again." in output
    output = here(*run, "--dry-run", "--threads", "2")
    assert "not reused" not in output
    assert "4 complete, 0 to run" in output
