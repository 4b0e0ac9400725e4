"""Loads what Motley wrote with real Keras: python keras_check.py ORIGINALS WRITTEN"""

import pathlib
import sys

import keras
import numpy as np

originals, written = map(pathlib.Path, sys.argv[1:3])


def inputs(name):
    arrays = [np.load(f) for f in sorted(originals.glob(f"{name}.x?.npy"))]
    return arrays[0] if len(arrays) == 1 else arrays


def outputs(model, name):
    made = model.predict(inputs(name), verbose=0)
    return made if isinstance(made, list) else [made]


def same(one, other):
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


checked = 0
for file in sorted(written.glob("m*.keras")):
    name = file.stem
    before = outputs(keras.models.load_model(originals / file.name), name)
    for path in (file, file.with_suffix(".h5")):
        difference = same(before, outputs(keras.models.load_model(path), name))
        print(f"{path.name}: difference {difference}")
        assert difference == 0, path
        checked += 1
    with np.load(file.with_suffix(".npz")) as arrays:
        assert all(np.isfinite(arrays[key]).all() for key in arrays.files)
assert checked == 12, checked

# Training goes on as if the file had never left: the optimizer's state is there.
name = "m02_mlp_sgd_momentum"
target = np.load(originals / f"{name}.y0.npy")
losses = []
for file in (originals / f"{name}.after5.keras", written / "after.keras"):
    model = keras.models.load_model(file)
    history = [
        model.fit(inputs(name), target, batch_size=8, epochs=1, shuffle=False, verbose=0).history["loss"][0]
        for _ in range(3)
    ]
    losses.append(history)
print("losses", losses)
assert losses[0] == losses[1], losses
