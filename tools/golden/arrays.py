"""Writes NPZ files with NumPy, as golden files for java/data.

    pip install -r tools/golden/requirements.txt
    python tools/golden/arrays.py

Version: numpy 2.4.6.
"""

import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "java/data/src/test/resources/motley/data"

FOLDER.mkdir(parents=True, exist_ok=True)
np.savez(
    FOLDER / "regression.npz",
    x=np.arange(24, dtype=np.float32).reshape(12, 2) / 8,
    y=np.arange(12, dtype=np.float64) * -0.5,
)
np.savez_compressed(
    FOLDER / "tokens.npz",
    x=np.arange(6, dtype=np.int64).reshape(2, 3),
    y=np.array([255, 0], dtype=np.uint8),
    x_test=np.array([[7, 8, 9]], dtype=np.int16).astype(np.int64),
    y_test=np.array([True]),
)
np.savez(
    FOLDER / "fortran.npz",
    x=np.asfortranarray(np.arange(24, dtype=">f8").reshape(4, 3, 2)),
    y=np.arange(4, dtype=np.float16),
)
np.savez(
    FOLDER / "complex.npz", x=np.zeros(2, dtype=np.complex64), y=np.zeros(2, dtype=np.float32)
)
