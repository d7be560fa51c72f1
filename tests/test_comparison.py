"""The comparison of printed outputs: words exactly, numbers by value, and a tolerance that is neither nothing nor everything."""

import comparison
import pytest


def agree(stored, found, tolerance=comparison.TRAINED):
    return comparison.first_difference(stored, found, **tolerance) is None


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ("AUC .902", "AUC .901"),
        ("AUC .902 and .87", "AUC .899 and .88"),
        ("found 80% of the anomalies", "found 79% of the anomalies"),
        ("loss 1.2e-05", "loss 1.3e-05"),
        ("loss 0.0100", "loss 9.9e-03"),
        ("change -0.00", "change 0.00"),
        ("mean    9.98 ms", "mean   10.02 ms"),
        ("[ 0.12 0.3]", "[0.121 0.3]"),
        ("0.50 to 0.61.", "0.51 to 0.60."),
    ],
)
def test_last_digits_of_a_training_may_differ(stored, found):
    assert agree(stored, found) and agree(found, stored)


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        pytest.param("AUC .902", "ROC .901", id="a word"),
        pytest.param("AUC .902\nAP .5", "AUC .902", id="a line is missing"),
        pytest.param("AUC .902", "AUC .902\nAP .5", id="a line more with words"),
        pytest.param("AUC .902\nAP .5", "AP .5\nAUC .902", id="the order of lines"),
        pytest.param("AUC .902 .5", "AUC .902", id="a number less"),
        pytest.param("change .010", "change -.010", id="the sign"),
        pytest.param("12 rows", "13 rows", id="a count off by one"),
        pytest.param("shape (3, 784)", "shape (4, 784)", id="a shape"),
        pytest.param("AUC .902", "AUC .85", id="beyond the tolerance"),
        pytest.param("found 80%", "found 69%", id="a share beyond the tolerance"),
        pytest.param("found 80%", "found 80", id="a unit"),
        pytest.param("✔ Claim holds: AUC .90", "✔ Claim holds: AUC .91", id="a claim's number"),
        pytest.param("✔ Claim holds: a", "✘ Claim holds: a", id="a mark"),
        pytest.param('<div role="status">✔ .90</div>', '<div role="status">✔ .91</div>', id="a mark in HTML"),
        pytest.param("ecg_100", "ecg_101", id="digits of a name"),
        pytest.param("784-128-32", "784-128-33", id="sizes joined by hyphens"),
        pytest.param("nan", "0.1", id="not a number"),
    ],
)
def test_what_is_no_last_digit_may_not_differ(stored, found):
    assert not agree(stored, found) and not agree(found, stored)


def test_before_the_first_training_only_the_last_printed_digit_may():
    assert agree("mean 33.32", "mean 33.33", comparison.EXACT)
    assert not agree("mean 33.32", "mean 33.34", comparison.EXACT)
    assert not agree("mean 33.32", "mean 33.90", comparison.EXACT) and agree("mean 33.32", "mean 33.90")


@pytest.mark.parametrize(
    "source", ["training.train(model, x)", "model.fit(x)", "with tf.GradientTape() as tape:", "pca = PCA(2).fit(x)"]
)
def test_a_cell_that_trains_is_known(source):
    assert comparison.TRAINS.search(source)


@pytest.mark.parametrize("source", ["digits.x_train.mean()", "x_train[:5]", "print(strain)", "profit = 1"])
def test_a_cell_that_only_names_training_data_is_not_one_that_trains(source):
    assert not comparison.TRAINS.search(source)
