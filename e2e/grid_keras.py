"""The Keras side of grid.sh: python grid_keras.py make IDX-FOLDER WORK | check WORK"""

import json
import pathlib
import struct
import sys

import keras
import numpy as np


def idx(file):
    """An IDX file of bytes as an array."""
    content = file.read_bytes()
    rank = content[3]
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def make(source, work):
    for part, name in ("train", ""), ("t10k", "_test"):
        np.save(work / f"x{name}.npy", idx(source / f"{part}-images-idx3-ubyte"))
        np.save(work / f"y{name}.npy", idx(source / f"{part}-labels-idx1-ubyte"))
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.save(work / "digits.h5")


def check(work):
    """What the pages reported is what Keras finds; what came in the middle is worse than the end."""
    reported = json.loads((work / "reported.json").read_text())
    x = np.load(work / "x_test.npy")[..., None] / np.float32(255)
    y = np.load(work / "y_test.npy")
    found = {}
    for name in "intermediate.keras", "final.keras", "final.h5":
        model = keras.models.load_model(work / name)
        loss, accuracy = model.evaluate(x, y, batch_size=100, verbose=0)
        found[name] = accuracy
        print(f"{name}: loss {loss:.4f}, accuracy {accuracy:.4f}")
    # One sample of a thousand may lie on the border of two classes.
    assert abs(found["final.keras"] - reported["accuracy"]) < 0.0015, (found, reported)
    assert found["final.h5"] == found["final.keras"], found
    assert found["intermediate.keras"] > 0.3 and found["final.keras"] > 0.85, found


if sys.argv[1] == "make":
    make(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
else:
    check(pathlib.Path(sys.argv[2]))
