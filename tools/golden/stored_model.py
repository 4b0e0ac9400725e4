"""Writes small_mlp.keras, a model that real Keras made and compiled: python stored_model.py FOLDER"""

import pathlib
import sys

import keras

keras.utils.set_random_seed(5)
layers = keras.layers
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(16, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.save(pathlib.Path(sys.argv[1]) / "small_mlp.keras")
