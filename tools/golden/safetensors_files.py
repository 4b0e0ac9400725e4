"""Writes safetensors files with the Python library, as golden files for java/interchange.

    pip install -r tools/golden/requirements.txt
    python tools/golden/safetensors_files.py

Versions: numpy 2.4.6, safetensors 0.8.0.
"""

import pathlib

import numpy as np
from safetensors.numpy import save_file

FOLDER = (
    pathlib.Path(__file__).resolve().parents[2]
    / "java/interchange/src/test/resources/motley/interchange"
)

FOLDER.mkdir(parents=True, exist_ok=True)
save_file(
    {
        "step": np.array(41, dtype=np.int32),
        "conv1.weight": np.arange(12, dtype=np.float32).reshape(3, 1, 2, 2) / 8,
        "conv1.bias": np.array([-0.0, np.inf, 1e-45], dtype=np.float32),
        "mask": np.array([[True, False, True]]),
        "größe \"q\"": np.array([-(2**31), 2**31 - 1], dtype=np.int32),
    },
    FOLDER / "all-types.safetensors",
    metadata={"model": "tiny"},
)
save_file({"half": np.zeros(2, dtype=np.float16)}, FOLDER / "half.safetensors")
