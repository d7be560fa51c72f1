# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 01 · Preparing data
#
# *The same network, trained the same way on the same rows, can be a fair detector or a poor
# one. The difference is made before training begins. In this lesson you find a slip in a
# well-known public data set, fill holes, put columns on one scale, and
# then break the rules on purpose to see what a leak does and how to find one.*
#
# **The question:** what must happen to raw columns before a detector sees them, and which
# rows may decide how?
#
# **60 minutes** · needs lesson 00 · data: page blocks (10 columns), breast cancer (30 columns)
#
# By the end you can
# 1. look at a table and find rows that cannot be right;
# 2. fill missing values and scale columns with numbers taken from the training part only;
# 3. say when scaling helps, when it does nothing, and when it hurts;
# 4. find a leak with a check that you can leave in your code.

# %% [markdown]
# ## Look first
#
# A program cut scanned pages into blocks and measured each block. **Text blocks are normal;
# lines, graphics and pictures are anomalies.**

# %%
import aelearn  # first: it keeps TensorFlow quiet
from aelearn import data

blocks = data.load("page_blocks")
blocks

# %%
import numpy as np

print(f"{'column':22}{'smallest':>10}{'median':>10}{'largest':>12}{'st. dev.':>11}")
for name, column in zip(blocks.feature_names, blocks.x.T.astype(float), strict=True):
    print(
        f"{name:22}{column.min():10.2f}{np.median(column):10.2f}{column.max():12,.2f}{column.std():11,.2f}"
    )

# %% [markdown]
# Two things to see. The columns live on very different scales: a share of black pixels lies
# between 0 and 1, an area goes far beyond a hundred thousand pixels. And the largest values are often
# a hundred times the median or more. Is such a value a rare block, or a mistake?
#
# A value alone cannot say. But columns that *belong together* can. By their definitions
#
# $$\text{area} = \text{height} \times \text{width}, \qquad \text{eccentricity} = \text{width} / \text{height}.$$

# %%
from aelearn import plots

height, width, area, eccentricity = blocks.x[:, :4].T.astype(float)
figure, axes = plots.subplots(figsize=(6.2, 4))
axes.loglog(width / height, eccentricity, "o", markersize=4, label="a block")
axes.loglog([0.005, 600], [0.005, 600], color=plots.ORANGE, linewidth=1, label="equal")
axes.set(title="One block disagrees with itself")
axes.set(xlabel="width / height", ylabel="eccentricity as recorded")
axes.legend(loc="lower right")
plots.show(
    figure,
    "Recorded eccentricity against width divided by height, both on logarithmic axes. All blocks lie on the "
    "line of equality, but for one far above it.",
)

# %% [markdown]
# ### Exercise 01.1
# Which row is it? Compute `corrupted_row`, its index in `blocks.x`. The arrays `height`, `width`,
# `area` and `eccentricity` are ready.

# %% tags=["exercise"]
from aelearn.course import check, hint  # hint("01.1") when you are stuck

# BEGIN SOLUTION
corrupted_row = np.argmax(np.abs(eccentricity - width / height))
# END SOLUTION
check("01.1", corrupted_row, x=blocks.x)

# %%
from aelearn.course import claim

disagrees = np.abs(eccentricity - width / height) > 0.1 * width / height
slip = np.flatnonzero(disagrees)[0]
for name, value in zip(blocks.feature_names[:5], blocks.x[slip], strict=False):
    print(f"{name:15}{value:8.3f}")

claim(
    "Exactly one row has an eccentricity more than 10 % away from its width / height",
    disagrees.sum() == 1,  # the next worst is 5 % off: rounding
)
claim("In every row the area is exactly height times width", np.all(area == height * width))

# %% [markdown]
# A block 6 high and 3 wide has an area of 18 and an eccentricity of .5. The row says 18
# and 500. Most likely `18 .500` was once read as `18. 500`: a decimal point that went to the wrong number. Its
# label says *normal*, and the block surely was; its record is not.
#
# Since we know what it should be, we repair it. Where you do not know, treat the value as missing. What you
# should not do is delete whatever looks large: the largest eccentricity in the table is genuine,
# a block one pixel high and hundreds wide, and just the kind of thing we are looking for.

# %%
from dataclasses import replace

x = blocks.x.copy()
x[slip, 3] = width[slip] / height[slip]
repaired = replace(blocks, x=x)

# %% [markdown]
# ## The same row twice
#
# Next look: does any row occur more than once?

# %%
_, group, size = np.unique(repaired.x, axis=0, return_inverse=True, return_counts=True)
group = group.ravel()
n_anomalies = np.bincount(group, weights=repaired.y)
both_labels = (n_anomalies > 0) & (n_anomalies < size)

print(f"rows that have a double: {(size[group] > 1).sum()} of {len(repaired.x)}")
print(f"largest set of equal rows: {size.max()}")
print(f"sets that hold normal rows and anomalies: {both_labels.sum()}")

claim(
    "Some blocks are equal in all ten columns and yet have different labels",
    both_labels.sum() >= 5,  # seen: 10
)

# %% [markdown]
# Small blocks are measured in whole pixels, so two of them can be equal by chance; we leave these doubles in.
# Those with different labels put a ceiling on every detector: it sees equal numbers and must give
# equal scores.
#
# A doubled row is harmless as long as both copies fall into the same part of a split. If one is trained
# on and the other is tested, the test asks a question whose answer the model has seen. Keep this in mind;
# we come back to it.

# %% [markdown]
# ## What may be fitted on what
#
# To **fit** something is to take numbers from data: a median to fill holes with, a mean to
# subtract, the weights of a network, a threshold. As in lesson 00 we cut the data into three parts,
# and each part has its own work:
#
# | part | holds | what is taken from it |
# |---|---|---|
# | train | normal rows | medians for holes, scales, the model's weights |
# | calibration | other normal rows | the threshold |
# | test | still other normal rows, all anomalies | the figures you report, and *nothing else* |
#
# The test part plays the role of next week's data. On the day you fit your scaler, next week's rows do not
# exist, and nobody has told you which of them are anomalies. `data.split` returns all three in one `Split`. A **leak** is any way by which
# they, or what was to be kept for calibration, come to influence what is fitted.

# %%
parts = data.split(repaired, seed=0)
parts

# %% [markdown]
# ## Missing values
#
# Our table is complete, so we make holes ourselves: each value goes missing with a chance of
# one in ten. A missing value is written `NaN`, "not a number".

# %%
with_holes = replace(repaired, x=repaired.x.copy())
with_holes.x[np.random.default_rng(0).random(repaired.x.shape) < 0.1] = np.nan
holes = data.split(with_holes, seed=0)

complete = ~np.isnan(holes.x_train).any(axis=1)
print(f"rows without a hole: {complete.mean():.0%}")

# %% [markdown]
# One value in ten is missing, and about two rows in three have a hole. To drop those rows is
# a poor plan: most of the training data would go, and in use you cannot tell a user "no answer today".
#
# A network cannot take `NaN` either. It spreads: one hole makes a loss of `NaN`, and one step
# later every weight is `NaN`. Therefore `aelearn` refuses:

# %%
from aelearn import training
from aelearn.models import Autoencoder

try:
    training.train(Autoencoder(n_features=10, latent_dim=4), holes.x_train, epochs=1)
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# ### Exercise 01.2
# Write `fill(x_train, x)`: it returns a copy of `x` in which each hole holds the **median of its
# column in the training part**. Both arrays may have holes.


# %% tags=["exercise"]
def fill(x_train, x):
    # BEGIN SOLUTION
    return np.where(np.isnan(x), np.nanmedian(x_train, axis=0), x)
    # END SOLUTION


check("01.2", fill)

# %% [markdown]
# scikit-learn's `SimpleImputer` does this. `fit` takes the medians and keeps
# them; `transform` fills any array with them. All of scikit-learn's
# preparation steps work like that, and the rule for them is short: **`fit` sees the training part, `transform` sees everything.**

# %%
from sklearn.impute import SimpleImputer

imputer = SimpleImputer(strategy="median").fit(holes.x_train)
filled_test = imputer.transform(holes.x_test)

claim(
    "The imputer's values are the medians of the training part",
    np.allclose(imputer.statistics_, np.nanmedian(holes.x_train, axis=0)),
)

# %% [markdown]
# Medians rather than means, because a column with a few huge values has a mean that no ordinary row is near.
# Whether it matters to a detector we measure below, when we have one.

# %% [markdown]
# ## One scale for all columns
#
# An autoencoder minimises a sum of squared errors over columns. A squared error of an area is
# counted in thousands or millions, that of a share in hundredths. Which column will the network
# work on?

# %%
variance = parts.x_train.astype(float).var(axis=0)
share = variance / variance.sum()
for name, value in zip(blocks.feature_names, share, strict=True):
    print(f"{name:22}{value:8.2%}")

claim(
    "The area alone holds more than half of the variance of all ten columns",
    share[2] > 0.5,  # seen: .59 to .63
)

# %% [markdown]
# Unscaled, the sum is about area and counts of black pixels, which grow with area. A network that gets shape and darkness wrong
# pays next to nothing. Three remedies, each a shift and a division, column by column:
#
# - **Standardisation**: $z = (x - \mu)/\sigma$, with $\mu$ the mean and $\sigma$ the standard deviation of the column.
# - **Min-max scaling**: $z = (x - a)/(b - a)$, with $a$ the smallest and $b$ the largest value of the column.
# - **Robust scaling**: $z = (x - m)/(q_{75} - q_{25})$, with $m$ the median and $q_{25}, q_{75}$ the quartiles; their
#   difference is the **interquartile range**, which half of the rows decide and extremes do not.
#
# Every one of these numbers is **fitted**, so it comes from the training part.
#
# ### Exercise 01.3
# Write `standardise(x_train, x)`: it returns `x` standardised with the statistics of `x_train`.


# %% tags=["exercise"]
def standardise(x_train, x):
    # BEGIN SOLUTION
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)
    # END SOLUTION


check("01.3", standardise)

# %%
from sklearn.preprocessing import StandardScaler

scaler = StandardScaler().fit(parts.x_train)
by_hand = (parts.x_test - parts.x_train.mean(axis=0, dtype=float)) / parts.x_train.std(
    axis=0, dtype=float
)

claim(
    "StandardScaler does what the formula says",
    np.allclose(
        scaler.transform(parts.x_test), by_hand, rtol=1e-3, atol=1e-3
    ),  # 32-bit numbers
)

# %% [markdown]
# ### A column that never changes
#
# Suppose a column is constant in the training part: a sensor that always read 7. Its standard deviation and its range are 0,
# and 0 / 0 is `NaN`. Leave such a column out? No: on the day it reads 8,
# something has happened. scikit-learn divides by 1 in that case.

# %%
always_seven = np.full((100, 1), 7.0)
today = np.array([[7.0], [8.0]])
print(StandardScaler().fit(always_seven).transform(today).ravel())

# %% [markdown]
# The normal reading becomes 0 and the change stays visible.
#
# ### Exercise 01.4
# Write `min_max(x_train, x)`: `x` scaled with the smallest and largest values of `x_train`, column by column.
# Where a column of `x_train` is constant, divide by 1. A value of `x` outside the training range must
# come out below 0 or above 1: do not clip it.


# %% tags=["exercise"]
def min_max(x_train, x):
    # BEGIN SOLUTION
    smallest, largest = x_train.min(axis=0), x_train.max(axis=0)
    return (x - smallest) / np.where(largest > smallest, largest - smallest, 1)
    # END SOLUTION


check("01.4", min_max)

# %% [markdown]
# ### One bad row
#
# **Predict first.** Chance may put the corrupted row into the training part. It is one among
# some 2500. By what factor does each measure of spread grow?

# %%
clean = parts.x_train[:, 3].astype(float)  # eccentricity
with_slip = np.append(clean, blocks.x[slip, 3])


def interquartile_range(column):
    return np.subtract(*np.percentile(column, [75, 25]))


growth = {
    f.__name__: f(with_slip) / f(clean) for f in (np.ptp, np.std, interquartile_range)
}
for measure, factor in growth.items():
    print(f"{measure:22}grows {factor:.2f} times")

claim(
    "One bad row widens the range by more than half", growth["ptp"] > 1.5
)  # seen: 1.9, 2.8
claim(
    "It widens the standard deviation by more than a tenth",
    growth["std"] > 1.1,  # seen: 1.18 to 1.26
)
claim(
    "It leaves the interquartile range as it was",
    abs(growth["interquartile_range"] - 1) < 0.01,  # seen: below .005
)

# %% [markdown]
# (`ptp`, peak to peak, is largest minus smallest.) One bad row squeezes all others together under min-max, less so under
# standardisation, and not at all under robust scaling. You will not always find the slip first.

# %% [markdown]
# ## Does it matter?
#
# Now the experiment. Four detectors, each raw and standardised, each on five splits:
# an **autoencoder** with a code of 4, **PCA** with 4 components, the **nearest neighbour**, and the
# **Isolation Forest**. The last one cuts the data at random, one column at a time, until a row stands alone; anomalies
# stand alone after few cuts. Each function below is trained on `x_train` and returns one score for each row of `x`.

# %%
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import NearestNeighbors

from aelearn import scoring

model = Autoencoder(n_features=10, latent_dim=4, hidden=(32,))


def autoencoder(x_train, x, seed):
    model.reset_weights(seed)
    training.train(model, x_train, epochs=50, seed=seed)
    return scoring.reconstruction_error(model, x)


def nearest_neighbour(x_train, x, seed):
    return NearestNeighbors(n_neighbors=1).fit(x_train).kneighbors(x)[0][:, 0]


def isolation_forest(x_train, x, seed):
    return -IsolationForest(random_state=seed).fit(x_train).score_samples(x)


# %%
from sklearn.metrics import roc_auc_score


def pca(x_train, x, seed, n_components=4):
    x_train, x = x_train.astype(float), x.astype(float)
    plane = PCA(n_components, random_state=0).fit(x_train)
    return np.mean((x - plane.inverse_transform(plane.transform(x))) ** 2, axis=1)


def aucs(dataset, detector, scaler=None):
    """The AUC on each of five splits. The scaler is fitted on the training part."""
    values = []
    for seed in range(5):
        parts = data.split(dataset, seed=seed)
        x_train, x_test = parts.x_train, parts.x_test
        if scaler is not None:
            x_train = scaler.fit(x_train).transform(x_train)
            x_test = scaler.transform(x_test)
        values.append(roc_auc_score(parts.y_test, detector(x_train, x_test, seed)))
    return np.array(values)


# %% [markdown]
# **Predict first.** Which of the four will gain most from scaling? Which will not move at all?

# %%
detectors = {
    "autoencoder": autoencoder,
    "PCA": pca,
    "nearest neighbour": nearest_neighbour,
    "Isolation Forest": isolation_forest,
}
raw = {name: aucs(repaired, detector) for name, detector in detectors.items()}
scaled = {
    name: aucs(repaired, detector, StandardScaler()) for name, detector in detectors.items()
}

print("mean AUC over five splits    raw  scaled")
for name in detectors:
    print(f"{name:25}{raw[name].mean():7.2f}{scaled[name].mean():8.2f}")

# %%
lift = {name: scaled[name] - raw[name] for name in detectors}
claim(
    "Scaling lifts the autoencoder's AUC by more than .1 on every split",
    lift["autoencoder"].min() > 0.1,  # seen: .14 to .32, over fifteen splits
)
claim("It lifts PCA by more than .08", lift["PCA"].mean() > 0.08)  # seen: .12
claim(
    "It lifts the nearest neighbour by more than .2",
    lift["nearest neighbour"].mean() > 0.2,  # seen: .29 to .30
)
claim(
    "The Isolation Forest does not move by more than .01 on any split",
    np.abs(lift["Isolation Forest"]).max() < 0.01,  # seen: below .001
)
claim(
    "Once the columns are scaled, autoencoder and PCA are within .02 of each other",
    abs(scaled["autoencoder"].mean() - scaled["PCA"].mean()) < 0.02,  # seen: .002 to .006
)

# %% [markdown]
# Whatever measures **distance** or **squared error** over several columns together needs scaling. The Isolation Forest
# looks at one column at a time and asks only *where between the smallest and the largest value* a row lies; no
# stretching changes that.
#
# Is the raw autoencoder merely hard to train? PCA has an exact solution and needs no training,
# and it gains too. Unscaled, the *question* is wrong, not only the road to the answer. And see how
# little is left between the network and PCA once both are given decent columns. Had we compared a
# scaled autoencoder with a raw PCA, we could have sold you a triumph.

# %%
from sklearn.preprocessing import MinMaxScaler, RobustScaler

by_scaler = {"StandardScaler": scaled["autoencoder"].mean()}
for kind in (MinMaxScaler, RobustScaler):
    by_scaler[kind.__name__] = aucs(repaired, autoencoder, kind()).mean()
for name, value in by_scaler.items():
    print(f"{name:16}autoencoder AUC {value:.2f}")

claim(
    "Which scaler matters far less than whether: the three are within .04 of each other",
    max(by_scaler.values()) - min(by_scaler.values()) < 0.04,  # seen: .004 to .006
)

# %% [markdown]
# And the slip? With the corrupted row left in the table, under the scaler that minds it most:

# %%
unrepaired = aucs(blocks, autoencoder, MinMaxScaler()).mean()
print(f"MinMaxScaler, slip left in: autoencoder AUC {unrepaired:.2f}")

claim(
    "One bad row hardly moves the AUC: by less than .02",
    abs(unrepaired - by_scaler["MinMaxScaler"]) < 0.02,  # seen: .001 to .004
)

# %% [markdown]
# So you would never have found it by watching the AUC. Good figures do not prove good data.

# %% [markdown]
# ## Where scaling does not help
#
# **Predict first.** `breast_cancer` has thirty measurements of cell nuclei; benign is normal, malignant the
# anomaly. Here too the scales differ widely. Will scaling help again?

# %%
cells = data.load("breast_cancer")
cell_model = Autoencoder(n_features=30, latent_dim=8, hidden=(32,))


def cell_autoencoder(x_train, x, seed):
    cell_model.reset_weights(seed)
    training.train(cell_model, x_train, epochs=100, seed=seed)
    return scoring.reconstruction_error(cell_model, x)


cell_detectors = detectors | {
    "autoencoder": cell_autoencoder,
    "PCA": lambda *arguments: pca(*arguments, n_components=8),
}
cells_raw = {name: aucs(cells, detector) for name, detector in cell_detectors.items()}
cells_scaled = {
    name: aucs(cells, detector, StandardScaler())
    for name, detector in cell_detectors.items()
}


# %%
def draw(axes, title, unscaled, standardised):
    """The AUC of each detector on each split: raw above, standardised below."""
    for place, name in enumerate(detectors):
        axes.plot(
            unscaled[name], np.full(5, place - 0.12), "o", color=plots.ORANGE, mfc="none"
        )
        axes.plot(standardised[name], np.full(5, place + 0.12), "s", color=plots.BLUE)
    axes.set(title=title, xlabel="ROC AUC", xlim=(0.58, 1))


figure, (left, right) = plots.subplots(1, 2, figsize=(8.6, 3.6), sharey=True)
draw(left, "Scaling lifts three on page blocks ...", raw, scaled)
draw(right, "... and lowers three on breast cancer", cells_raw, cells_scaled)
left.set(yticks=range(4), yticklabels=list(detectors), ylim=(3.5, -0.5))
right.legend(right.lines[:2], ["raw", "standardised"], loc="center left")
plots.show(
    figure,
    "ROC AUC of four detectors, raw and standardised, on five splits each. On page blocks the "
    "autoencoder, PCA and the nearest neighbour gain much; on breast cancer the same three lose "
    "a little. The Isolation Forest stays where it is on both.",
)

# %%
drop = {name: cells_raw[name].mean() - cells_scaled[name].mean() for name in detectors}
for name in detectors:
    means = cells_raw[name].mean(), cells_scaled[name].mean()
    print(f"{name:20}raw {means[0]:.2f}  scaled {means[1]:.2f}")

claim(
    "On breast cancer, scaling costs the autoencoder more than .015 AUC",
    drop["autoencoder"] > 0.015,  # seen: .029 to .038
)
claim(
    "It costs PCA and the nearest neighbour more than .01",
    min(drop["PCA"], drop["nearest neighbour"]) > 0.01,  # seen: .027 to .043, .017 to .024
)
claim(
    "The Isolation Forest does not move", abs(drop["Isolation Forest"]) < 0.01
)  # seen: < .001

# %% [markdown]
# Why? Ask what the loudest column, the one with the largest variance, can do **all alone**. As a score we take
# its distance from the training mean, with no model at all.


# %%
def loudest_column(dataset):
    values = []
    for seed in range(5):
        parts = data.split(dataset, seed=seed)
        loudest = parts.x_train.astype(float).var(axis=0).argmax()
        distance = np.abs(parts.x_test[:, loudest] - parts.x_train[:, loudest].mean())
        values.append(roc_auc_score(parts.y_test, distance))
    return dataset.feature_names[loudest], np.array(values)


alone = {dataset.name: loudest_column(dataset) for dataset in (repaired, cells)}
for name, (column, values) in alone.items():
    print(f"{name:14} {column:11} alone: AUC {values.mean():.2f}")

claim(
    "On page blocks the loudest column alone is a poor detector: AUC below .75",
    alone["page_blocks"][1].max() < 0.75,  # seen: .67 to .69
)
claim(
    "On breast cancer it is a good one: AUC above .9",
    alone["breast_cancer"][1].min() > 0.9,  # seen: .94 to .96
)

# %% [markdown]
# On page blocks the loudest column is the wrong one to listen to; on breast cancer it is the right one, by luck. And the others?

# %%
cell_parts = data.split(cells, seed=0)
cell_variance = cell_parts.x_train.astype(float).var(axis=0)
areas = ["area" in name and "error" not in name for name in cells.feature_names]
distance = np.abs(cell_parts.x_test - cell_parts.x_train.mean(axis=0))
column_auc = np.array([roc_auc_score(cell_parts.y_test, column) for column in distance.T])

print(
    f"share of the variance in the two areas: {cell_variance[areas].sum() / cell_variance.sum():.0%}"
)
print(f"columns with an AUC below .6 when alone: {np.sum(column_auc < 0.6)} of 30")

claim(
    "Two columns of areas hold more than 95 % of the variance of all thirty",
    cell_variance[areas].sum() > 0.95 * cell_variance.sum(),  # seen: 99 %
)
claim(
    "At least six columns are hardly better alone than a coin",
    np.sum(column_auc < 0.6) >= 6,  # seen: 8 to 11
)

# %% [markdown]
# Malignant nuclei tend to be large. Unscaled, the detector listens to size and little else,
# and size is telling. Scaled, it gives the same weight to thirty columns, some of which know nothing.
#
# So scaling is not "good for neural networks". It is a statement: *I have no reason to trust one column more than another.* Without labels
# you cannot look up whether that is true, and this is why we scale unless we know better. If you *do* know,
# say it openly: choose columns, or weight them. Do not leave the choice to the units somebody measured in.

# %% [markdown]
# ## Back to the holes
#
# Now we can measure what filling costs. **Predict first:** order these three: fill with medians, with means, with zeros.

# %%
from sklearn.pipeline import make_pipeline

fillers = {
    "medians": SimpleImputer(strategy="median"),
    "means": SimpleImputer(strategy="mean"),
    "zeros": SimpleImputer(strategy="constant", fill_value=0),
}
print(
    f"{'no holes':10}autoencoder {scaled['autoencoder'].mean():.2f}   PCA {scaled['PCA'].mean():.2f}"
)
filled = {}
for name, filler in fillers.items():
    prepare = make_pipeline(filler, StandardScaler())
    filled[name] = [
        aucs(with_holes, detector, prepare).mean() for detector in (autoencoder, pca)
    ]
    print(f"{name:10}autoencoder {filled[name][0]:.2f}   PCA {filled[name][1]:.2f}")

# %%
zeros_cost = np.subtract(filled["medians"], filled["zeros"])  # autoencoder, PCA
medians_or_means = np.subtract(filled["medians"], filled["means"])
best = max(filled["medians"][0], filled["means"][0])
claim(
    "Zeros cost autoencoder and PCA at least .015 AUC more than medians",
    zeros_cost.min() > 0.015,  # seen: .038 to .057
)
claim(
    "Medians and means are within .02 of each other, for both detectors",
    np.abs(medians_or_means).max() < 0.02,  # seen: .004 to .009
)
claim(
    "Even the best filling costs the autoencoder more than .01 against the table without holes",
    scaled["autoencoder"].mean() - best > 0.01,  # seen: .031 to .038
)

# %% [markdown]
# No text block has a height of zero: zeros make normal rows look strange. Against zeros the choice between median and mean is a small one.
# And a hole is a hole: no filling brings back what was not measured.
#
# `make_pipeline` joins steps into one object with one `fit`; it is the simplest guard against fitting a step on the wrong rows.
#
# Our holes fell by pure chance. Real ones seldom do: a sensor drops out *because* the machine overheats. Then
# "was missing" is itself a signal, and a column of zeros and ones that says so (`SimpleImputer(add_indicator=True)`) may be worth more than any filling.

# %% [markdown]
# ## A leak, made on purpose
#
# The best-known mistake: the scaler is fitted on *everything*, the anomalies of the test part
# included. The second best-known: each part is scaled by itself, `fit_transform` on the training
# part and again on the test part.
#
# **Predict first.** Will the two mistakes make the AUC look better or worse than it is?


# %%
def everything(parts):
    return np.concatenate([parts.x_train, parts.x_calibration, parts.x_test])


# What the scaler of the training part is fitted on, and what that of the test part
fitted_on = {
    "training part": lambda p: (p.x_train, p.x_train),
    "everything": lambda p: (everything(p), everything(p)),
    "each by itself": lambda p: (p.x_train, p.x_test),
}


def mean_auc(rows, detector):
    values = []
    for seed in range(5):
        p = data.split(repaired, seed=seed)
        for_train, for_test = (StandardScaler().fit(x) for x in rows(p))
        x_train, x_test = for_train.transform(p.x_train), for_test.transform(p.x_test)
        values.append(roc_auc_score(p.y_test, detector(x_train, x_test, seed)))
    return np.mean(values)


# %%
leaked = {}
for name, rows in fitted_on.items():
    leaked[name] = np.array([mean_auc(rows, detector) for detector in (autoencoder, pca)])
    print(f"{name:15} autoencoder {leaked[name][0]:.2f}   PCA {leaked[name][1]:.2f}")

honest, everything_leaks, by_itself = leaked.values()
claim(
    "Fitting the scaler on everything LOWERS the AUC, of the autoencoder and of PCA",
    np.all(honest - everything_leaks > 0.003),  # seen: .020 to .028, .007 to .012
)
claim(
    "Scaling the test part by itself costs both more than .08 AUC",
    np.all(honest - by_itself > 0.08),  # seen: .12 to .15
)

# %% [markdown]
# Did you expect a leak to flatter? This one does not, and here is why:

# %%
stretch = everything(parts).std(axis=0, dtype=float) / parts.x_train.std(
    axis=0, dtype=float
)
for name, factor in zip(blocks.feature_names, stretch, strict=True):
    print(f"{name:22}{factor:6.1f} times")

widest = stretch.argmax()
gap = np.abs(parts.x_test[:, widest] - np.median(parts.x_train[:, widest]))
claim(
    "With everything in, some column's standard deviation is more than five times as large",
    stretch[widest] > 5,  # seen: 10 to 17
)
claim(
    "That very column is a good detector, even alone: AUC above .8",
    roc_auc_score(parts.y_test, gap) > 0.8,  # seen: .87 to .88
)

# %% [markdown]
# The anomalies are extreme, so they widen the scale in the very columns that give them away, and what
# is divided by a larger number looks more ordinary. On other data the same leak may do nothing, or flatter. The point is not
# the direction. **A figure from a leaky pipeline describes a detector that you can never run**, since next week's anomalies
# are not there to be fitted on. It is wrong even when it is modest.
#
# ### Finding it
#
# A fitted scaler remembers what it was fitted on. Two lines find this leak, today and whenever the code changes:


# %%
def fitted_on_training_part(scaler, x_train):
    same_number = scaler.n_samples_seen_ == len(x_train)
    return bool(
        same_number
        and np.allclose(scaler.mean_, x_train.mean(axis=0, dtype=float), rtol=1e-3)
    )


right, leaky = StandardScaler().fit(parts.x_train), StandardScaler().fit(everything(parts))
claim(
    "The check passes for the honest scaler", fitted_on_training_part(right, parts.x_train)
)
claim(
    "The check goes red for the leaky one",
    not fitted_on_training_part(leaky, parts.x_train),
)

# %% [markdown]
# ## A leak that flatters
#
# Two colleagues export the same table, and somebody joins the two files: every row stands there twice. Then comes the split.
# To see what is true, we first lay 1500 rows aside as **tomorrow**, which nobody touches.
#
# **Predict first.** Nearest neighbour and autoencoder: which one will be fooled more?

# %%
from aelearn import thresholds


def with_copies(seed):
    """A split of doubled rows, and rows of tomorrow that have no part in it."""
    rng = np.random.default_rng(seed)
    normal, anomalies = (
        rng.permutation(np.flatnonzero(repaired.y == kind)) for kind in (0, 1)
    )
    tomorrow = np.concatenate([normal[:1300], anomalies[:200]])
    today = np.tile(np.concatenate([normal[1300:], anomalies[200:]]), 2)
    x, y, classes = (a[today] for a in (repaired.x, repaired.y, repaired.classes))
    doubled = replace(repaired, x=x, y=y, classes=classes)
    return data.split(doubled, seed=seed), repaired.x[tomorrow], repaired.y[tomorrow]


# %%
def judge(detector, seed):
    """(AUC, false-alarm rate at a promised 5 %) on the test part, and the same tomorrow."""
    parts, x_tomorrow, y_tomorrow = with_copies(seed)
    prepare = StandardScaler().fit(parts.x_train)
    ends = np.cumsum([len(parts.x_calibration), len(parts.x_test)])
    rows = np.concatenate([parts.x_calibration, parts.x_test, x_tomorrow])
    scores = detector(prepare.transform(parts.x_train), prepare.transform(rows), seed)
    calibration, test, tomorrow = np.split(scores, ends)
    limit = thresholds.conformal(calibration, 0.05)
    pairs = ((parts.y_test, test), (y_tomorrow, tomorrow))
    return [(roc_auc_score(y, s), np.mean(s[y == 0] > limit)) for y, s in pairs]


# %%
found = {
    d.__name__: np.array([judge(d, seed) for seed in range(5)])
    for d in (nearest_neighbour, autoencoder)
}

print(
    f"{'mean of five splits':22}{'AUC: test':>10}{'tomorrow':>10}{'alarms: test':>15}{'tomorrow':>10}"
)
for name, values in found.items():
    (auc_test, alarms_test), (auc_tomorrow, alarms_tomorrow) = values.mean(axis=0)
    print(
        f"{name:22}{auc_test:10.2f}{auc_tomorrow:10.2f}{alarms_test:15.0%}{alarms_tomorrow:10.0%}"
    )

# %%
fooled, calm = found["nearest_neighbour"].mean(axis=0), found["autoencoder"].mean(axis=0)
claim(
    "The nearest neighbour's AUC looks better by more than .02 than it is",
    fooled[0, 0] - fooled[1, 0] > 0.02,  # seen: .032 to .040
)
claim(
    "On the leaky test it keeps its promise of 5 % false alarms",
    abs(fooled[0, 1] - 0.05) < 0.02,  # seen: 4.7 to 5.0 %
)
claim(
    "Tomorrow it delivers more than one and a half times the promise",
    fooled[1, 1] > 1.5 * 0.05,  # seen: 8.7 to 10.4 %
)
claim(
    "The autoencoder's AUC is off by less than .02",
    abs(calm[0, 0] - calm[1, 0]) < 0.02,  # seen: below .003
)

# %% [markdown]
# This is a leak at its worst. The AUC is up, the promise is kept to the point, every figure agrees with every other,
# and tomorrow the false alarms come nearly twice as often. Calibration did not help, since calibration rows had
# their copies in the training part too.
#
# The autoencoder is hardly touched: through a code of 4 numbers it cannot learn single rows by heart. That is luck of
# this model, not a defence. The more a model can remember, the more a copy gives away.

# %% [markdown]
# ### Exercise 01.5
# Write the check that finds this leak: `shared_rows(x_train, x_test)` returns **how many rows of `x_test`** are equal, in every column,
# to some row of `x_train`. (A loop over the rows of `x_test` is fine.)


# %% tags=["exercise"]
def shared_rows(x_train, x_test):
    # BEGIN SOLUTION
    return sum((x_train == row).all(axis=1).any() for row in x_test)
    # END SOLUTION


check("01.5", shared_rows)


# %%
def share_seen_before(parts):
    seen = {row.tobytes() for row in parts.x_train}
    return np.mean([row.tobytes() in seen for row in parts.x_test[parts.y_test == 0]])


doubled_parts, _, _ = with_copies(seed=0)
for name, its_parts in {"our split": parts, "split of copies": doubled_parts}.items():
    print(
        f"{name:15} normal test rows seen in training: {share_seen_before(its_parts):.1%}"
    )

claim(
    "In our split fewer than 2 % of the normal test rows were seen in training",
    share_seen_before(parts) < 0.02,  # seen: .2 to .6 %
)
claim(
    "In the split of copies more than 30 % were",
    share_seen_before(doubled_parts) > 0.3,  # seen: 49 to 51 %
)

# %% [markdown]
# The mend: drop the copies **before** the split, or, where rows belong to the same patient, machine or page, keep all rows of one
# in the same part.
#
# ### Exercise 01.6
# Six pipelines. Which leak?
#
# - **A** Fits a robust scaler on `x_train`, transforms all three parts with it.
# - **B** Fits a min-max scaler on the whole table, then splits.
# - **C** Divides pixels by 255, the largest value the camera can write, then splits.
# - **D** Removes rows that are equal in every column, then splits.
# - **E** Trains codes of 2, 4 and 8 numbers and keeps the one with the best AUC on `x_test`.
# - **F** Trains on `x_train` and `x_calibration` together, then sets the threshold with the errors of `x_calibration`.
#
# Give a list of six in the order A to F: True for a pipeline that leaks, False for a clean one.

# %% tags=["exercise"]
# BEGIN SOLUTION
leaks = np.array([False, True, False, False, True, True])  # A, B, C, D, E, F
# END SOLUTION
check("01.6", leaks)

# %% [markdown]
# ## Remember
#
# 1. Look first: columns that belong together betray the rows that cannot be right.
# 2. `fit` sees the training part and nothing else; scaling is part of the model, and says that all columns count the same.
# 3. A leak may flatter, harm or do nothing. Do not guess: leave checks in your code that go red.
#
# ## Quiz
#
# **1. Your Isolation Forest works well on raw columns. A colleague swaps in an autoencoder and finds it poor. What do you ask first?**
# (a) How many layers it has. (b) Whether the columns were scaled. (c) Whether it was trained on a GPU.
#
# <details><summary>Answer</summary>
#
# **(b).** The forest cuts one column at a time and does not feel scales; a squared error over all columns does.
# (a) Depth cannot mend a loss that is nearly all area. (c) A GPU changes the time, not the question.
#
# </details>
#
# **2. Scaling made the autoencoder worse on breast cancer. What follows?**
# (a) Never scale medical data. (b) Choose raw or scaled by the AUC on the test part. (c) The loudest columns happened to be the telling ones; know your columns, and scale when you do not.
#
# <details><summary>Answer</summary>
#
# **(c).** Unscaled data weight columns by their units, and here the units were kind.
# (a) One table is no law. (b) That is a choice made on the test part: a leak, and without labelled anomalies not even possible.
#
# </details>
#
# **3. A scaler fitted on everything lowered our AUC. Is it then a cautious choice?**
# (a) Yes, the figure is on the safe side. (b) No, the figure is of a detector that cannot be run. (c) Yes, as long as the false-alarm rate is kept.
#
# <details><summary>Answer</summary>
#
# **(b).** It needs next week's anomalies today. (a) The direction depends on the data; you cannot know it beforehand.
# (c) A kept promise on leaky data proves nothing: the copies kept it too.
#
# </details>
#
# **4. New rows arrive one by one. How do you scale a single new row?**
# (a) With its own mean and standard deviation. (b) With the scaler fitted on the training part. (c) Wait for a hundred rows and fit a scaler on them.
#
# <details><summary>Answer</summary>
#
# **(b).** The model learnt what the numbers mean on that scale. (a) That mixes heights with shares of black.
# (c) That is "each part by itself": if all hundred are strange, they define what is ordinary.
#
# </details>
#
# ## Sources
#
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012), "Leakage in data mining: formulation, detection, and avoidance", ACM Transactions on Knowledge Discovery from Data 6(4), [doi:10.1145/2382577.2382579](https://doi.org/10.1145/2382577.2382579): what a leak is, and keeping learning apart from predicting.
# - S. Kapoor, A. Narayanan (2023), "Leakage and the reproducibility crisis in machine-learning-based science", Patterns 4(9), [doi:10.1016/j.patter.2023.100804](https://doi.org/10.1016/j.patter.2023.100804): eight kinds of leak, and the papers they spoilt.
# - F. T. Liu, K. M. Ting, Z.-H. Zhou (2008), "Isolation Forest", IEEE International Conference on Data Mining, 413-422, [doi:10.1109/ICDM.2008.17](https://doi.org/10.1109/ICDM.2008.17).
# - scikit-learn, [Common pitfalls and recommended practices](https://scikit-learn.org/stable/common_pitfalls.html): the same mistakes with a classifier.
#
# Next: **02 · Building an autoencoder**.
