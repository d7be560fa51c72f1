"""Figures with a description each, in colours that colour-blind readers can tell apart.

Every figure has an opaque light ground, so that it reads the same in light and dark themes.
`show` gives a picture its description: as its alternative text and as a caption below.
"""

import io

import matplotlib.pyplot as plt
import numpy as np

from aelearn import inputs

# Wong (2011), doi:10.1038/nmeth.1618
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
NORMAL, ANOMALY, LIMIT = BLUE, VERMILION, "#222222"
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))

_STYLE = {
    "figure.facecolor": "#fcfcfc",
    "axes.facecolor": "#fcfcfc",
    "axes.prop_cycle": plt.cycler(color=COLOURS) + plt.cycler(linestyle=LINES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "font.size": 11,
    "figure.dpi": 96,
    "svg.hashsalt": "aelearn",
}


def subplots(*arguments, **keywords):
    """matplotlib's `subplots` in the course's style, which later figures of the session keep. Taught in: 01"""
    plt.rcParams.update(_STYLE)
    return plt.subplots(*arguments, layout="constrained", **keywords)


def show(figure, description):
    """Display a figure once, with `description` as its alternative text and its caption. Taught in: 01"""
    if not isinstance(description, str) or len(description) < 20:
        raise ValueError(
            "description is too short; say in a sentence what a reader who cannot see the figure must know"
        )
    from IPython.display import display

    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    plt.close(figure)
    display(
        {"image/png": picture.getvalue(), "text/plain": description},
        raw=True,
        metadata={"image/png": {"alt": description}},
    )
    display({"text/markdown": f"*{description}*", "text/plain": description}, raw=True)


def score_histogram(normal, anomalies, threshold=None, *, title, xlabel="reconstruction error", description):
    """Histograms of the scores of normals (n,) and anomalies (m,), with the threshold between them. Taught in: 00"""
    normal, anomalies = inputs.scores(normal, "normal"), inputs.scores(anomalies, "anomalies")
    figure, axes = subplots(figsize=(7, 3.4))
    bins = np.linspace(0, np.quantile(np.concatenate([normal, anomalies]), 0.995), 40)
    axes.hist(normal, bins, density=True, color=NORMAL, alpha=0.65, label="normal")
    axes.hist(anomalies, bins, density=True, histtype="step", color=ANOMALY, linewidth=2, label="anomalies")
    if threshold is not None:
        axes.axvline(threshold, color=LIMIT, linestyle="--", label="threshold")
    axes.set(title=title, xlabel=xlabel, ylabel="density")
    axes.legend()
    show(figure, description)


def loss_curves(curves, *, title, ylabel="mean squared error", log=False, description):
    """Lines of a loss against epochs. curves: {label: losses}, each a list of floats. Taught in: 03"""
    figure, axes = subplots(figsize=(7, 3.4))
    for label, losses in curves.items():
        axes.plot(np.arange(1, len(losses) + 1), losses, label=label)
    axes.set(title=title, xlabel="epoch", ylabel=ylabel, yscale="log" if log else "linear")
    axes.legend()
    show(figure, description)


def pictures(rows, *, title, description):
    """Rows of square pictures, one line of pictures for each label.

    rows: {label: array (k, side * side)} with values in [0, 1]. Taught in: 00
    """
    rows = {label: inputs.table(values, str(label)) for label, values in rows.items()}
    n_columns = max(map(len, rows.values()))
    figure, grid = subplots(len(rows), n_columns, figsize=(0.7 * n_columns + 1.2, 0.8 * len(rows) + 0.4), squeeze=False)
    for line, (label, values) in zip(grid, rows.items(), strict=True):
        side = int(np.sqrt(values.shape[1]))
        for axes, picture in zip(line, values, strict=False):
            axes.imshow(picture.reshape(side, side), cmap="gray_r", vmin=0, vmax=1)
        for axes in line:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        line[0].set_ylabel(label, rotation=0, ha="right", va="center")
    figure.suptitle(title, x=0.02, ha="left", fontsize=12)
    show(figure, description)
