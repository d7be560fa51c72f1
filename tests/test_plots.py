"""Figures can be read on a phone: nothing is cut off, no legend lies over data, and a method looks the same everywhere."""

import base64
import html
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from aelearn import data, plots

LONG = "Held-out errors keep the promise that was made; training errors break it more and more, the longer one trains"
BOARD = data.results("scoreboard")["table"]
rng = np.random.default_rng(0)
WORDS = dict(title=LONG, description="What a reader who cannot see it must know.")
SEEDS = {"autoencoder": rng.random((4, 5)), "PCA": rng.random((4, 5)), "nearest neighbour": rng.random((4, 5))}
RATES = {"threshold from training errors": rng.random(4), "threshold from held-out errors": rng.random(4)}
X = [5, 15, 50, 150]


def draw_lines():
    plots.lines(X, RATES, xlabel="epochs", ylabel="false-alarm rate", promised=0.05, percent=True, log=True, **WORDS)


def draw_by_hand():
    figure, panels = plots.subplots(1, 2, figsize=(8, 3))
    for axes in panels:
        axes.plot(X, X, label="a line")
        axes.set(title=LONG, xlabel="x", ylabel="y")
    panels[0].set_title("short")
    plots.show(figure, WORDS["description"])


FIGURES = {
    "by hand": draw_by_hand,
    "lines": draw_lines,
    "lines over seeds": lambda: plots.lines(X, SEEDS, xlabel="size of the code", ylabel="ROC AUC", **WORDS),
    "dots": lambda: plots.dots(RATES, xlabel="false-alarm rate", promised=0.05, percent=True, **WORDS),
    "histogram": lambda: plots.score_histogram(rng.random(99), 1 + rng.random(99), 1.0, **WORDS),
    "losses": lambda: plots.loss_curves({"training": [3.0, 2.0], "validation": [4.0, 3.0]}, **WORDS),
    "pictures": lambda: plots.pictures(
        {"normal in": rng.random((10, 64)), "normal out": rng.random((10, 64))}, **WORDS
    ),
}


@pytest.fixture
def drawn(monkeypatch):
    """drawn(name): a figure of FIGURES as it would be shown, laid out."""
    kept = []
    monkeypatch.setattr(plt, "close", lambda figure: kept.append(figure))
    monkeypatch.setattr("IPython.display.display", lambda *outputs, **keywords: None)

    def draw(name):
        FIGURES[name]()
        kept[-1].canvas.draw()
        return kept[-1]

    yield draw
    monkeypatch.undo()
    plt.close("all")


def texts(figure):
    return [text for text in figure.findobj(plt.Text) if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("name", FIGURES)
def test_no_word_is_cut_off(name, drawn):
    figure = drawn(name)
    everything = figure.get_tightbbox()  # inches
    assert everything.x0 >= 0 and everything.x1 <= figure.get_figwidth()
    assert everything.y0 >= 0 and everything.y1 <= figure.get_figheight()


def test_a_picture_is_one_output_that_is_read_aloud_once_and_no_larger_than_its_png(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    figure, axes = plots.subplots()
    axes.plot(X, X)
    words = 'Errors < 5 % & "sound", seen by everybody.'
    plots.show(figure, words)
    (bundle,) = shown
    assert set(bundle) == {"text/html", "text/plain"} and bundle["text/plain"] == words
    picture, rest = re.search(r"(<img .*?>)(.*)", bundle["text/html"]).groups()
    assert re.search(' alt="(.*?)"', picture)[1] == html.escape(words)
    assert re.fullmatch(r'<figcaption aria-hidden="true"><em>(.*)</em></figcaption></figure>', rest)[1] == html.escape(
        words
    )
    encoded = re.search(r'src="data:image/png;base64,(.*?)"', picture)[1]
    assert base64.b64decode(encoded, validate=True).startswith(b"\x89PNG")
    assert len(bundle["text/html"]) < len(encoded) + 2 * len(words) + 300


def test_long_titles_are_broken_and_panels_keep_apart(drawn):
    left, right = drawn("by hand").axes
    assert left.get_title(loc="left") == "short" and right.get_title(loc="left").split() == LONG.split()
    assert right.get_title(loc="left").count("\n") >= 2
    assert "\n" in drawn("dots").get_suptitle()


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "by hand"])
def test_every_letter_is_ten_pixels_high_on_a_phone(name, drawn):
    figure = drawn(name)
    pixels_a_point = 400 / (72 * figure.get_figwidth())
    assert min(text.get_fontsize() for text in texts(figure)) * pixels_a_point >= 10


@pytest.mark.parametrize("name", ["lines", "lines over seeds", "dots", "histogram", "losses"])
def test_the_legend_lies_beside_the_data(name, drawn):
    figure = drawn(name)
    (legend,) = figure.legends
    assert all(legend.get_window_extent().y1 <= axes.get_window_extent().y0 for axes in figure.axes)


def test_a_method_has_its_own_colour_and_each_of_lesson_12s_has_one():
    methods = {name for table in BOARD.values() for name in table}
    colours = {name: plots._look_of(name).get("color") for name in methods}
    assert None not in colours.values()
    families = {"PCA", "Mahalanobis", "5 neighbours", "LOF", "Isolation Forest", "OC-SVM", "GAN"}
    families |= {f"{kind} autoencoder, error" for kind in ("plain", "sparse", "denoising", "variational")}
    assert families <= methods and len({colours[name] for name in families}) == len(families), json.dumps(colours)
    assert colours["sparse autoencoder, cosine"] == colours["sparse autoencoder, error"]
    assert plots._look_of("nearest neighbour") == plots._look_of("5 neighbours")
    assert plots._look_of("threshold from training errors") == {}


def test_lines_over_seeds_show_their_mean_and_their_range(drawn):
    (axes,) = drawn("lines over seeds").axes
    means = [line.get_ydata() for line in axes.lines]
    assert np.allclose(means, [values.mean(axis=1) for values in SEEDS.values()]) and len(axes.collections) == 3
    with pytest.raises(ValueError, match=r"PCA has shape \(3,\) and x has 4 values"):
        plots.lines(X, {"PCA": [1, 2, 3]}, xlabel="x", ylabel="y", **WORDS)
