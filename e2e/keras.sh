#!/usr/bin/env bash
# What goes from Keras to Motley and back predicts the same in real Keras, and as .keras trains on
# there. Keras comes into a virtual environment under build/; what it is installed from, pip knows.
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"

venv=$root/build/keras-venv
files=$root/java/training/src/test/resources/motley/training/keras
models=(m01_mnist_cnn m02_mlp_sgd_momentum m03_functional_branches m04_bn_dropout
    m08_embedding_lstm m16_multi_output_shared)

# While there is a network: `isolate` starts the script again without one.
if [[ -z ${MOTLEY_E2E_ISOLATED-} && ! -x $venv/bin/motley-ready ]]; then
    python3 -m venv "$venv" && "$venv/bin/pip" install -q --retries 1 -r "$root/e2e/keras-requirements.txt" &&
        ln -s python "$venv/bin/motley-ready"
fi

main() {
    isolate "$@"
    export TF_CPP_MIN_LOG_LEVEL=3
    expect "Keras models are written as .keras, .h5 and .npz" export_all
    expect "Keras reads them, predicts the same and trains on" \
        "$venv/bin/python" "$root/e2e/keras_check.py" "$files" "$work"
}

export_all() {
    local name form
    for name in "${models[@]}"; do
        for form in keras h5 npz; do
            "$motley" model export "$files/$name.keras" --as $form --out "$work/$name.$form" ||
                return
        done
    done
    "$motley" model export "$files/m02_mlp_sgd_momentum.after5.keras" --as keras \
        --out "$work/after.keras"
}

main "$@"
