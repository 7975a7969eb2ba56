# make benchmark: a virtual environment, the quickstart suite, its two reports.
# make test: the tests. Both do all of their own set-up.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
# The CPU build of torch is a tenth of the CUDA build; machines with an NVIDIA
# driver take pip's default instead. `make TORCH_INDEX=` always takes the default.
TORCH_INDEX ?= $(shell command -v nvidia-smi >/dev/null 2>&1 || echo https://download.pytorch.org/whl/cpu)

# OpenCV's windows want libGL; a bare machine has none, and no window is opened here.
OPENCV = $(BIN)/python -c "import cv2" 2>/dev/null || { echo "No libGL here: taking OpenCV without windows."; \
  $(BIN)/python -m pip install --no-deps opencv-python-headless && $(BIN)/python -c "import cv2"; }

.PHONY: benchmark test test-slow gpu-check lint clean

benchmark: $(VENV)/.installed
	$(BIN)/conceptbench run quickstart

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

test-slow: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m slow

# Everything that needs a GPU; writes gpu.json.
gpu-check: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.gpu_check

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.torch: | $(VENV)/bin/python
	@# --isolated: only that index, so that torch and torchvision are one build.
	@if [ -n "$(TORCH_INDEX)" ]; then \
	  $(BIN)/python -m pip --isolated install --retries 0 --timeout 20 \
	    --index-url $(TORCH_INDEX) torch torchvision >/dev/null 2>&1 \
	  || echo "No CPU build of torch to be had from $(TORCH_INDEX): taking what pip finds."; fi
	$(BIN)/python -m pip install torch torchvision
	$(BIN)/python -c "import torch, torchvision"
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.torch
	$(BIN)/python -m pip install --editable .
	@$(OPENCV)
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.torch
	$(BIN)/python -m pip install --editable '.[test]'
	@$(OPENCV)
	@touch $(VENV)/.installed $@

clean:
	rm -rf build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
