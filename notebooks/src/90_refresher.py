# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 90 · Refresher: the mathematics and the tools
#
# *Everything the lessons take for granted, each in an experiment of a few lines. It is a place
# to look things up. Come here when a lesson sends you, do that one experiment, and go back.*
#
# **The question:** what does a lesson mean when it says quantile, density, gradient or fit?
#
# **72 minutes** if you read it in a row, three for one experiment · needs Python and a little NumPy ·
# data: made here, a few numbers at a time
#
# Run the next cell first, and the cells of an experiment in their order. Otherwise no experiment needs another one. Each says
# which lessons use it, and ends with *Try*: change that number, run the cell again, and see whether you
# would have foretold the result.
#
# | about | experiments |
# |---|---|
# | data | Mean and spread · Quantile · Normal distribution and density · Expectation |
# | tables | True and False as an index · Each with each · Length and angle · Matrix product · Rank and singular values · Covariance |
# | learning | Gradient · Chain rule and back-propagation · Optimiser and Adam |
# | networks | Tensor, layer, weights · Batch, epoch, seed · Compiled function |
# | models of data | Logarithm of a likelihood · Kullback-Leibler divergence |
# | chance | Interval and bootstrap · Test and p-value |
# | rankings | ROC AUC · Average precision |
# | series | Frequency and filter |
# | tools | fit and transform · model, compile, fit · Subclass and override |

# %%
import aelearn  # first: it keeps TensorFlow quiet
import numpy as np
from scipy.stats import norm

from aelearn import plots
from aelearn.course import claim, show_table

rng = np.random.default_rng(0)  # run it again for other draws

# %% [markdown]
# ## Mean and spread
#
# You need this in lesson 01 and ever after. The **mean** is the sum divided by the number of values. The **median** is the middle
# of the sorted values. The **variance** is the mean squared distance from the mean, and the **standard deviation**
# is its square root, which has the unit of the values again. The **quartiles** cut the sorted values into four parts of equal size;
# the third minus the first is the width of the middle half.
#
# Six people wait for a bus. Then one of the six times is written down wrongly, 90 minutes in place of 9.


# %%
def describe(values):
    variance = np.mean((values - np.mean(values)) ** 2)
    first, median, third = np.quantile(values, [0.25, 0.5, 0.75])
    return [np.mean(values), np.sqrt(variance), median, third - first]


waiting = np.array([4, 5, 5, 6, 7, 9])
wrong = np.array([4, 5, 5, 6, 7, 90])
columns = ["", "mean", "standard deviation", "median", "width of the middle half"]
times = {"as it was": describe(waiting), "one value wrong": describe(wrong)}
show_table(times, columns, caption="Waiting times in minutes", digits=2)

# %% [markdown]
# One wild value triples the mean and makes the standard deviation almost twenty times as large. Median and quartiles do not
# notice. Lesson 01 chooses between them when it scales a column. (`np.std` divides by $n$, as we do; pandas
# divides by $n - 1$.)

# %%
claim(
    "One wild value of six changes the standard deviation more than tenfold, the median not",
    np.std(wrong) > 10 * np.std(waiting) and np.median(wrong) == np.median(waiting),
)

# %% [markdown]
# *Try:* how many of the six values must be wild before the median moves?

# %% [markdown]
# ## Quantile
#
# You need this in lesson 04, where thresholds come from sorted errors. Sort the values. The .95 **quantile** is the value that 95 % of them
# stay below; 95th percentile is another name for it. The **cumulative distribution** turns the question round: it
# gives for each value the share of the data at or below it.
#
# Our values come from a **uniform distribution**: every number between 0 and 10 is equally likely.

# %%
values = rng.uniform(0, 10, size=200)
limit = np.quantile(values, 0.95)
print("the .95 quantile:", round(limit, 1))
print("share of the values above it:", np.mean(values > limit))

# %% tags=["fold"]
# Draw the cumulative distribution of the values and their .95 quantile
figure, axes = plots.subplots(figsize=(6, 3))
axes.plot(np.sort(values), np.arange(1, 201) / 200, label="share at or below")
axes.axvline(limit, color=plots.LIMIT, linestyle="--", label=".95 quantile")
axes.axhline(0.95, color=plots.LIMIT, linestyle=":", linewidth=1)
axes.set(title="A quantile is read off sideways", xlabel="value", ylabel="share")
axes.legend(loc="upper left", bbox_to_anchor=(0, 0.9))
description = "The share of the data at or below a value climbs nearly straight from 0 to 1. A level line at .95 meets it between 9 and 10, where a dashed upright line marks the quantile."
plots.show(figure, description)

# %% [markdown]
# The true .95 quantile of this distribution is 9.5. A quantile of a sample is only near it, and
# the fewer values there are, the less near. *Try:* draw 20 values in place of 200, several times.

# %% [markdown]
# ## Normal distribution and density
#
# You need this in lessons 04, 07 and 08. The **normal distribution** is the bell that sums of many small accidents make. It is given by its mean and its
# standard deviation $\sigma$ ("sigma"). The height of the bell is its **density**: how much
# probability there is per unit of length. A density is no probability. The *area* under it is.

# %%
narrow = rng.normal(0, 0.1, size=10_000)  # mean 0, standard deviation 0.1
height = norm.pdf(0, loc=0, scale=0.1)  # the density at 0
print("density at 0:", round(height, 2))
probability = norm.cdf(0.1, 0, 0.1) - norm.cdf(-0.1, 0, 0.1)
print("probability between -0.1 and 0.1:", round(probability, 2))
print("share of our draws there:", round(np.mean(np.abs(narrow) < 0.1), 2))

# %% tags=["fold"]
# Draw the histogram of the values and two densities
figure, axes = plots.subplots(figsize=(6, 3))
line = np.linspace(-3, 3, 601)
axes.hist(narrow, 40, density=True, color=plots.SKY, label="draws, sigma 0.1")
axes.plot(line, norm.pdf(line, 0, 0.1), label="density, sigma 0.1")
axes.plot(line, norm.pdf(line, 0, 1), label="density, sigma 1")
axes.set(title="A density may exceed 1; its area is 1", xlabel="value", ylabel="density")
axes.legend()
description = "A tall narrow bell reaches a height of 4 over a histogram of draws that follows it; a low wide bell stays below 0.4."
plots.show(figure, description)

# %% [markdown]
# To see the area, cut it into thin strips of height times width and add them up. That is all an **integral** is.

# %%
width = 0.01
strips = norm.pdf(np.arange(-1, 1, width), 0, 0.1) * width
claim(
    "The density is above 3 in places, and the area under it is 1",
    height > 3 and abs(strips.sum() - 1) < 0.001,
)

# %% [markdown]
# About 68 % of all draws lie within one standard deviation of the mean and 95 % within two. Measure in centimetres in place of metres, and the density
# is divided by 100 while every probability stays. So a density has a unit, and its
# logarithm may be positive (lesson 08). *Try:* sigma 0.01. How high is the bell?

# %% [markdown]
# ## Expectation
#
# You need this in lesson 08. The **expectation** is the mean over all that may happen, each outcome weighted by its probability. Formulas
# write $\operatorname{E}[x]$, and $\operatorname{E}_q[x]$ when $x$ is drawn from $q$. The mean of many draws comes close to it.

# %%
faces = np.array([1, 2, 3, 4, 5, 6])
expected = np.sum(faces * 1 / 6)  # each face has probability 1/6
throws = rng.choice(faces, size=2000)
running_mean = np.cumsum(throws) / np.arange(1, 2001)
print("expectation", expected, "mean of 2000 throws", round(running_mean[-1], 1))

# %% tags=["fold"]
# Draw the mean of the throws so far
figure, axes = plots.subplots(figsize=(6, 3))
axes.plot(np.arange(1, 2001), running_mean, label="mean so far")
axes.axhline(expected, color=plots.LIMIT, linestyle="--", label="expectation")
axes.set(title="The mean settles down", xlabel="throws", ylabel="points", xscale="log")
axes.legend(loc="lower right")
description = "The mean of the throws so far swings widely over the first ten throws and settles at a dashed line at 3.5 by two thousand."
plots.show(figure, description)

# %% [markdown]
# Beware: the log of an expectation is not the expectation of the log. The logarithm bends downwards, so large values count for less after it. That
# is Jensen's inequality, on which lesson 08 builds.

# %%
log_of_mean = np.log(expected)
mean_of_log = np.mean(np.log(faces))
print("log of the mean", round(log_of_mean, 2), "mean of the logs", round(mean_of_log, 2))

# %% [markdown]
# *Try:* a die with faces 1, 1, 1, 1, 1, 16. Its expectation is 3.5 too. What happens to the mean of the logs?

# %% [markdown]
# ## True and False as an index
#
# You need this in lesson 00 and ever after. Compare an array with a number, and you get True or False for each of its values. Such an array is a **mask**: as an index
# it picks the values, or the rows, where it is True. `~` turns it round, `&` is "and".

# %%
y = np.array([0, 1, 0, 1])  # 1 is an anomaly
errors = np.array([0.2, 0.9, 0.3, 0.7])
found = errors > 0.8
print("found:", found)
print("errors of the normal rows:", errors[y == 0])
print("errors of the missed anomalies:", errors[(y == 1) & ~found])
print("share of the anomalies found:", np.mean(found[y == 1]))

# %% [markdown]
# True counts as 1, so the mean of a mask is a share. (Keep the brackets: Python takes `&` before `==`.) *Try:* `errors[y]`, without a comparison. What do 0 and 1 pick as an index?

# %% [markdown]
# ## Each with each
#
# You need this in lessons 02, 07, 09 and 10. How far is each of three points from each of two others? NumPy fits unlike shapes together by **broadcasting**: where an array has length 1 along an axis, its
# values are used again for every place of the other. `[:, None]` makes such an axis.

# %%
points = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])  # three rows, two numbers each
others = np.array([[0.0, 0.0], [3.0, 4.0]])  # two rows
away = points[:, None] - others[None]  # (3, 1, 2) minus (1, 2, 2)
distances = np.sqrt(np.sum(away**2, axis=2))  # the last axis, of the two numbers, vanishes
print("shapes", points[:, None].shape, others[None].shape, away.shape, distances.shape)
print(distances)

# %% [markdown]
# Row 1 (counted from 0) holds the distances of the second point. An axis that is missing in front counts as length 1, so `points[:, None] - others` is the same. (`.T` makes rows of columns: `for column in
# points.T` goes through the columns.) *Try:* `points - others`. Why does NumPy refuse?

# %% [markdown]
# ## Length and angle
#
# You need this in lesson 04, for the cosine. A row of numbers is an arrow. Its length is the square root of the sum of its squares, $\lVert a \rVert$. The cosine of the angle
# between two arrows is the sum of their products, divided by both lengths: 1 for the same direction, 0 for a right angle.

# %%
bright = np.array([0.9, 0.6, 0.0])  # three pixels
dim = bright / 3  # the same picture, in less light
other = np.array([0.0, 0.6, 0.9])


def cosine(a, b):
    return np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b))


print("distance of bright and dim:", round(np.linalg.norm(bright - dim), 2))
print("cosine of bright and dim:", round(cosine(bright, dim), 2))
print("cosine of bright and other:", round(cosine(bright, other), 2))

# %% [markdown]
# The angle compares the pattern and forgets the strength; the distance sees both. *Try:* `dim = -bright`.

# %% [markdown]
# ## Matrix product
#
# You need this in lesson 02: every dense layer is one. In a **matrix product** each row of the first
# matrix meets each column of the second. They are multiplied number by number, and the products added up. In NumPy it is `@`.

# %%
x = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])  # two rows of three features
W = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]])  # three features to two units
by_hand = np.zeros((2, 2))
for row in range(2):
    for unit in range(2):
        by_hand[row, unit] = np.sum(x[row] * W[:, unit])
print(by_hand)
print(x @ W)

# %% [markdown]
# The rule for shapes: (2, 3) times (3, 2) gives (2, 2); the inner numbers must agree and vanish. The **identity matrix**, ones
# on the diagonal and zeros elsewhere, changes nothing. The **inverse of a matrix**, $A^{-1}$, undoes $A$, so that $A^{-1} A$ is the identity.

# %%
A = np.array([[2.0, 1.0], [1.0, 1.0]])
print((np.linalg.inv(A) @ A).round(2))
print(np.eye(2))

# %% [markdown]
# *Try:* `A = np.array([[2.0, 1.0], [4.0, 2.0]])`. Why has it no inverse? The next experiment knows.

# %% [markdown]
# ## Rank and singular values
#
# You need this in lesson 02, where a linear autoencoder turns out to be PCA. The **rank of a matrix** says how many dimensions
# its rows really fill. Our rows have three columns, but all three are made from two numbers.

# %%
hidden = rng.normal(size=(200, 2))  # two numbers for each row
mixing = np.array([[1.0, 0.0, 1.0], [0.0, 2.0, 2.0]])
rows = hidden @ mixing
print("shape", rows.shape, "rank", np.linalg.matrix_rank(rows))

# %% [markdown]
# The **singular values** say it more finely: how far the rows reach in each direction, the longest first. The data must be **centred**, that is, the mean
# of each column taken away. Then the squared singular value, divided by the number of rows, is the variance along that direction.

# %%
centred = rows - rows.mean(axis=0)
singular_values = np.linalg.svd(centred, compute_uv=False)
variances = singular_values**2 / len(rows)
print("variance along each direction:", variances.round(1))
claim(
    "The variances along the directions add up to those of the columns",
    np.isclose(variances.sum(), centred.var(axis=0).sum()),
)

# %% [markdown]
# The last one is zero: the rows lie in a plane, and a code of two numbers loses nothing. A square matrix whose rank is smaller than its size
# flattens some direction to nothing. Nothing can bring it back, so it has no inverse. *Try:* add `0.1 * rng.normal(size=rows.shape)`
# to the rows. What is the rank now, and which number tells you that two directions still say nearly all?

# %% [markdown]
# ## Covariance
#
# You need this in lessons 08 and 09. The **covariance** of two columns is the mean product of their distances from their means: positive when they rise together. Divided by both standard deviations
# it is their **correlation**, between -1 and 1. The **covariance matrix** holds the covariances of all pairs, and the variances on its diagonal.

# %%
height_cm = rng.normal(170, 10, size=500)
weight_kg = 0.9 * (height_cm - 170) + 68 + rng.normal(0, 6, size=500)
people = np.column_stack([height_cm, weight_kg])
away = people - people.mean(axis=0)
covariance = away.T @ away / len(people)
print(covariance.round())
print("correlation", round(np.corrcoef(height_cm, weight_kg)[0, 1], 1))

# %% [markdown]
# Its inverse is a unit of distance. Two people stand equally far from the mean, one along the cloud (tall and heavy) and one across it (tall and
# light). Multiplying with the inverse on both sides counts the distance in standard deviations *of that direction*; lesson 09 calls the result the Mahalanobis distance.

# %%
inverse = np.linalg.inv(covariance)
along, across = np.array([15.0, 15.0]), np.array([15.0, -15.0])  # steps away from the mean
far_along = np.sqrt(along @ inverse @ along)
far_across = np.sqrt(across @ inverse @ across)
print("standard deviations along:", round(far_along, 1), "across:", round(far_across, 1))
claim("Across the cloud, the same way counts more than double", far_across > 2 * far_along)

# %% tags=["fold"]
# Draw the people, their mean, and the two places
figure, axes = plots.subplots(figsize=(6, 3.4))
centre = people.mean(axis=0)
axes.plot(*people.T, ".", color=plots.SKY, markersize=3, label="people")
axes.plot(*(centre + along), "o", color=plots.NORMAL, label="along")
axes.plot(*(centre + across), "X", color=plots.ANOMALY, markersize=9, label="across")
axes.plot(*centre, "P", color=plots.LIMIT, markersize=9, label="mean")
axes.set(title="Equally far, not equally odd", xlabel="height, cm", ylabel="weight, kg")
axes.set_aspect("equal")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
description = "A slanting cloud of points, weight against height. From its middle one marked place lies along the cloud and inside it, another equally far across it and outside."
plots.show(figure, description)

# %% [markdown]
# *Try:* noise of 0.6 in place of 6 for the weight. What does the cloud look like, and how far away is `across`?

# %% [markdown]
# ## Gradient
#
# You need this in lesson 03. The **derivative** of a function is its slope: take a small step and divide what was gained by the step. With several
# numbers there is one **partial derivative** for each, when only that one moves. All of them together are the gradient, and it points uphill.


# %%
def valley(a, b):
    return a**2 + 3 * b**2


a, b, step = 2.0, 1.0, 1e-6
slope_a = (valley(a + step, b) - valley(a, b)) / step
slope_b = (valley(a, b + step) - valley(a, b)) / step
print("gradient by small steps:", round(slope_a, 2), round(slope_b, 2))

# %% [markdown]
# **TensorFlow**, the library that computes our networks, finds gradients by rules and not by small steps. A `GradientTape` notes down what is computed, and then works backwards.

# %%
import tensorflow as tf

point = tf.Variable([2.0, 1.0])
with tf.GradientTape() as tape:
    height_there = valley(point[0], point[1])
gradient = tape.gradient(height_there, point).numpy()
print("gradient by TensorFlow:", gradient)

# %% [markdown]
# Step against the gradient, again and again, and you walk down into the **minimum**, from which every small step leads up.

# %%
place = np.array([2.0, 1.0])
visited = [place]
for _ in range(12):
    place = place - 0.12 * np.array([2 * place[0], 6 * place[1]])
    visited.append(place)
visited = np.array(visited)

# %% tags=["fold"]
# Draw the valley's lines of equal height and the way down
figure, axes = plots.subplots(figsize=(6, 3.2))
grid_a, grid_b = np.meshgrid(np.linspace(-2.4, 2.4, 80), np.linspace(-1.2, 1.2, 60))
axes.contour(grid_a, grid_b, valley(grid_a, grid_b), 10, colors="#999999", linewidths=1)
axes.plot(*visited.T, "o-", color=plots.VERMILION, label="twelve steps")
axes.plot(0, 0, "*", color=plots.LIMIT, markersize=12, label="minimum")
axes.set(title="Each step goes straight downhill", xlabel="a", ylabel="b")
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
description = "Ellipses of equal height around a star at the middle. A path of dots starts at the upper right, drops fast in the steep direction b, then creeps along the flat direction a to the star."
plots.show(figure, description)

# %% [markdown]
# A place without slope need not be a minimum. At a **saddle point**, as between two hills, it goes up one way and down another. *Try:* a factor of 0.35 in place of
# 0.12. The gentle direction would like it. What does the steep one do?

# %% [markdown]
# ## Chain rule and back-propagation
#
# You need this in lesson 03. When one function follows another, their slopes multiply: that is the **chain rule**. A **neural network** is many simple functions one after another,
# and **back-propagation** is the chain rule applied from the loss back to every weight.
#
# The smallest network has one input, one weight, a ReLU (negative numbers become 0) and a squared error.

# %%
x_in, weight, target = 2.0, 1.5, 4.0
total = weight * x_in
output = max(total, 0.0)
loss = (output - target) ** 2

loss_by_output = 2 * (output - target)  # backwards: slope of the last function first
output_by_total = 1.0 if total > 0 else 0.0
total_by_weight = x_in
print("slope of the loss:", loss_by_output * output_by_total * total_by_weight)

# %% [markdown]
# The slope is negative, so a larger weight makes the loss smaller. TensorFlow says the same.

# %%
import tensorflow as tf

tf_weight = tf.Variable(weight)
with tf.GradientTape() as tape:
    tf_loss = tf.square(tf.nn.relu(tf_weight * x_in) - target)
by_tape = float(tape.gradient(tf_loss, tf_weight))
claim(
    "The product of three slopes is the gradient",
    by_tape == loss_by_output * output_by_total * total_by_weight,
)

# %% [markdown]
# *Try:* `weight = -1.5`. One of the three slopes is 0 now. What can this weight still learn? (Lesson 06 meets such units.)

# %% [markdown]
# ## Optimiser and Adam
#
# You need this in lesson 03. An **optimiser** is the rule that turns a gradient into a change of the weights. The plainest multiplies by a learning rate. Adam, the usual one, has three constants more:
#
# - `beta_1`, 0.9: it follows a running mean of the gradients, in which each new one counts for a tenth;
# - `beta_2`, 0.999: it divides by the square root of a running mean of their *squares*, in which each new one counts for a thousandth;
# - `epsilon`, 1e-7: it adds this to the divisor, so that nothing is divided by zero.
#
# A running mean first. Batches make gradients restless; their mean is not.

# %%
gradients = 1.0 + rng.normal(0, 1, size=100)  # the true gradient is 1
beta_1 = 0.9
running, means = 0.0, []
for t, one in enumerate(gradients, start=1):
    running = beta_1 * running + (1 - beta_1) * one
    means.append(running / (1 - beta_1**t))  # makes up for the start at 0

# %% tags=["fold"]
# Draw the gradients and their running mean
figure, axes = plots.subplots(figsize=(6, 3))
axes.plot(gradients, ".", color=plots.SKY, label="gradient of each batch")
axes.plot(means, color=plots.VERMILION, label="running mean, beta_1 = 0.9")
axes.axhline(1, color=plots.LIMIT, linestyle="--", label="true gradient")
axes.set(title="A running mean is calm", xlabel="step", ylabel="gradient", ylim=(-3, 6))
axes.legend(loc="upper right")
description = "Dots scattered widely around a dashed level line at 1, and a line that follows it closely with small swings."
plots.show(figure, description)

# %% [markdown]
# Then the divisor. A steep weight and a gentle one get gradients a thousand times apart. What step does each get?


# %%
def adam_step(gradients, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    mean, square = 0.0, 0.0
    for one in gradients:
        mean = beta_1 * mean + (1 - beta_1) * one
        square = beta_2 * square + (1 - beta_2) * one**2
    mean /= 1 - beta_1 ** len(gradients)  # both made up for the start at 0
    square /= 1 - beta_2 ** len(gradients)
    return learning_rate * mean / (np.sqrt(square) + epsilon)


# %% [markdown]
# The steep weight gets fifty gradients of 100, the gentle one fifty of 0.1.

# %%
by_steep, by_gentle = adam_step(np.full(50, 100.0)), adam_step(np.full(50, 0.1))
print("steep:", round(by_steep, 5), "gentle:", round(by_gentle, 5))
claim("Both weights get the same step", np.isclose(by_steep, by_gentle, rtol=1e-4))

# %% [markdown]
# As long as its gradients agree, every weight moves by the learning rate a step, however large or small they are. When they contradict one another, their mean shrinks and with it the
# step. *Try:* the step for `gradients - 1`, pure contradiction.

# %% [markdown]
# ## Tensor, layer, weights
#
# You need this in lesson 02. **Keras** is the part of TensorFlow that has layers ready. A **tensor** is TensorFlow's array. It is what a layer takes and gives, since gradients can be followed through it; `.numpy()` makes
# an array of it. A layer is a function with weights of its own.

# %%
import keras

keras.utils.set_random_seed(0)
layer = keras.layers.Dense(2, activation="relu")
batch = np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 1.0]], dtype=np.float32)
answer = layer(batch)
print(type(answer).__name__, "of shape", tuple(answer.shape))

# %% [markdown]
# What has it done? A matrix product, a sum, and a ReLU.

# %%
kernel, bias = layer.get_weights()
print("weights", kernel.shape, "biases", bias.shape)
by_numpy = np.maximum(batch @ kernel + bias, 0)
claim("NumPy gives the same", np.allclose(answer.numpy(), by_numpy, atol=1e-5))

# %% [markdown]
# (Keras calls the matrix of weights *kernel*. In this course a kernel is something else, in lesson 09.) The numbers have 32 bits, **single precision**: about seven digits, for half the memory and half the work. It
# has two consequences that lesson 03 meets: sums depend a little on their order, and a number beyond about $3 \cdot 10^{38}$ is an **overflow** and becomes infinite.

# %%
big, one = np.float32(1e8), np.float32(1)
print("(1 + big) - big:", (one + big) - big)
print("1 + (big - big):", one + (big - big))

# %% [markdown]
# A **GPU**, a graphics card, does thousands of such small sums at once. Large networks need one; this course does not.
# *Try:* what does the layer answer for a batch of zeros, and why?

# %% [markdown]
# ## Batch, epoch, seed
#
# You need this in lesson 03. Training goes through the rows in small portions, batches, in random order. All rows once is an epoch. The seed is the number
# that a random generator starts from: the same seed, the same order.

# %%
rng_order = np.random.default_rng(seed=7)
for epoch in range(2):
    order = rng_order.permutation(10)  # ten rows, by number
    print("epoch", epoch, "batches", order[:4], order[4:8], order[8:])

# %% [markdown]
# Ten rows make three batches of at most four, and the last is smaller. It is not thrown away. *Try:* run the cell twice. Then change
# the seed.

# %% [markdown]
# ## Compiled function
#
# You need this in lesson 03. With `tf.function`, TensorFlow runs through a Python function once and only notes down what is computed. The values are placeholders then: they have a shape and no numbers. This
# is called **tracing**. From then on the noted program runs, a **compiled function** without any Python. **XLA**, asked for by `jit_compile=True`, also rewrites it
# for this processor.

# %%
import tensorflow as tf

python_was_here = []


@tf.function(jit_compile=True)
def double(values):
    python_was_here.append(values.shape)  # Python: it happens only while tracing
    return 2 * values


# %% [markdown]
# Four calls: three with two numbers, one with three. How often does Python come by?

# %%
for numbers in ([1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0, 9.0]):
    print(double(tf.constant(numbers)).numpy())
print("Python was here", len(python_was_here), "times")
claim("Four calls, two shapes, two tracings", len(python_was_here) == 2)

# %% [markdown]
# So a `print`, an `if` on a Python variable or a draw from NumPy happens at tracing and never again. And every new shape costs a new tracing, which takes far longer than the sum itself. *Try:* pass five numbers,
# and then five others.

# %% [markdown]
# ## Logarithm of a likelihood
#
# You need this in lesson 08; `exp` in lessons 07, 09 and 11 too. How well does a model explain some data? Multiply its densities at all of them: that is the likelihood. With many numbers the product leaves what a computer can hold. So one adds
# logarithms instead: the **log-likelihood**.
#
# `log` alone is the **natural logarithm**, everywhere in this course. It makes a product a sum. The **exponential function** undoes it: $\exp(t)$ is $e^t$ with $e = 2.718...$: 1 at 0, close to 0 for very
# negative $t$ and steep for large ones.

# %%
densities = np.full(784, 0.1)  # one for each pixel
print("product:", np.prod(densities), "sum of the logs:", round(np.sum(np.log(densities))))

# %% [markdown]
# Ten measurements, and a normal distribution with standard deviation 1. Which mean explains them best?

# %%
measured = rng.normal(3, 1, size=10)
means_tried = np.linspace(0, 6, 121)
log_likelihoods = []
for mean in means_tried:
    log_likelihoods.append(np.sum(norm.logpdf(measured, mean, 1)))
best = means_tried[np.argmax(log_likelihoods)]
print("best mean tried", round(best, 2), "mean of the data", round(np.mean(measured), 2))
claim("The likeliest mean is the mean of the data", abs(best - np.mean(measured)) <= 0.03)

# %% tags=["fold"]
# Draw the log-likelihood against the mean
figure, axes = plots.subplots(figsize=(6, 3))
axes.plot(means_tried, log_likelihoods, label="log-likelihood")
axes.axvline(np.mean(measured), color=plots.LIMIT, linestyle="--", label="mean of the data")
axes.set(title="The data choose", xlabel="mean of the model", ylabel="log-likelihood")
axes.legend(loc="upper right")
description = "An arch of the log-likelihood over the means tried, highest where a dashed line marks the mean of the data."
plots.show(figure, description)

# %% [markdown]
# The arch is a parabola: the log density of a normal distribution is minus the squared error, divided by $2\sigma^2$, plus a constant. So to make the squared error small *is* to make
# a normal likelihood large. Lesson 08 lives on that. *Try:* a standard deviation of 0.5 in `logpdf`. Which mean is best then, and how steep is the arch?

# %% [markdown]
# ## Kullback-Leibler divergence
#
# You need this in lessons 06 and 08. How different are two distributions $q$ and $p$? Draw from $q$, and see by how much $q$ explains the draws better than $p$ does, in
# log density: $\mathrm{KL}(q \,\|\, p) = \operatorname{E}_q[\log q(x) - \log p(x)]$. That is the **Kullback-Leibler divergence**. With natural logarithms its unit is the **nat**.

# %%
draws = rng.normal(1, 0.5, size=100_000)  # q: mean 1, standard deviation 0.5
log_q, log_p = norm.logpdf(draws, 1, 0.5), norm.logpdf(draws, 0, 1)  # p: mean 0, sigma 1
by_draws = np.mean(log_q - log_p)
by_formula = 0.5 * (1**2 + 0.5**2 - 1 - np.log(0.5**2))  # the one of lesson 08
print("by draws", round(by_draws, 2), "by formula", round(by_formula, 2), "nats")

# %% [markdown]
# And the other way round, with draws from $p$?

# %%
draws_of_p = rng.normal(0, 1, size=100_000)
other_way = np.mean(norm.logpdf(draws_of_p, 0, 1) - norm.logpdf(draws_of_p, 1, 0.5))
print("the other way round", round(other_way, 1))
claim("Draws and formula agree", abs(by_draws - by_formula) < 0.02)  # twenty seeds: .005
claim("The other way round is more than twice as much", other_way > 2 * by_formula)

# %% [markdown]
# It is 0 when the two are equal, never negative, and no distance: the two directions differ. $\mathrm{KL}(q \,\|\, p)$ asks for $p$ wherever $q$ draws. Here $q$ is narrow and lies within $p$, which is cheap; most
# of what $p$ draws is far out for $q$, which is dear. *Try:* move $q$ to a mean of 3.

# %% [markdown]
# ## Interval and bootstrap
#
# You need this in lessons 00, 04 and 12. A detector found 28 of 40 anomalies: a recall of .70. Another forty anomalies would have given another number. How far off? We cannot fetch more, but we can draw forty *from ours*, with replacement, many
# times, and look at how the recall varies. This is the **bootstrap**. The range that holds the middle 95 % is an **interval**.

# %%
found = np.array([1] * 28 + [0] * 12)
recalls = []
for _ in range(2000):
    again = rng.choice(found, size=len(found))  # some twice, some not at all
    recalls.append(np.mean(again))
low, high = np.quantile(recalls, [0.025, 0.975])
print("recall", found.mean(), "interval", round(low, 2), "to", round(high, 2))
claim("Forty anomalies leave the recall unknown by more than .2", high - low > 0.2)

# %% tags=["fold"]
# Draw the recalls of the bootstrap and the interval
figure, axes = plots.subplots(figsize=(6, 3))
axes.hist(recalls, np.arange(0.3125, 1.01, 0.025), color=plots.SKY)
axes.vlines([low, high], 0, 300, color=plots.LIMIT, linestyle="--")
axes.set(title="95 % lie between the lines", xlabel="recall", ylabel="how often")
description = "A hill of recalls around .70, from below .5 to above .9; two dashed lines cut off its thin ends at about .55 and .82."
plots.show(figure, description)

# %% [markdown]
# A rule is a good 95 % interval when, over many repetitions of the whole thing, 95 of 100 of its intervals hold the truth. *Try:* 280 found of 400. How much narrower is the interval when there are ten times as many
# anomalies? (Not ten times.)

# %% [markdown]
# ## Test and p-value
#
# You need this in lessons 04, 12 and 13. Method A beats method B on 15 of 20 data sets. Is A better, or was it luck? A **hypothesis test** asks how often luck *alone* would
# give a result at least as extreme. That share is the p-value.

# %%
coins = rng.integers(0, 2, size=(10_000, 20))  # luck alone: heads means A wins
wins = coins.sum(axis=1)
p_value = np.mean(wins >= 15)
print("luck alone wins 15 or more of 20 in", round(100 * p_value), "% of the trials")

# %% tags=["fold"]
# Draw how often luck alone wins how many
figure, axes = plots.subplots(figsize=(6, 3))
number, count = np.unique(wins, return_counts=True)
colours = np.where(number >= 15, plots.ANOMALY, plots.SKY)
axes.bar(number, count / len(wins), color=colours)
axes.text(14.5, 0.03, "p-value:\nthese bars")
axes.set(title="What luck alone does", xlabel="wins of A in 20", ylabel="share of trials")
axes.set_xticks(range(0, 21, 5))
description = "Bars form a hill around ten wins. The few bars from fifteen wins upwards have another colour: together they are the p-value."
plots.show(figure, description)

# %% [markdown]
# About 2 % (4 % if B might have won as surprisingly: then both ends count). A small p-value says that luck alone seldom does this. It does not say how much better A is, nor with which probability.
# And who runs twenty such tests finds a p-value below 5 % once on average where there is nothing. *Try:* 12 wins of 20.

# %% [markdown]
# ## ROC AUC
#
# You need this in lesson 00 and ever after. Take every pair of one anomaly and one normal sample. The ROC AUC is the share of pairs in which the anomaly has the higher score; a tie counts a half.

# %%
normal_scores = [0.1, 0.2, 0.2, 0.4, 0.7]
anomaly_scores = [0.3, 0.7, 0.9]
right_pairs = 0.0
for anomaly in anomaly_scores:
    for normal in normal_scores:
        right_pairs += (anomaly > normal) + 0.5 * (anomaly == normal)
share = right_pairs / 15
print("share of right pairs", round(share, 2))

# %% [markdown]
# scikit-learn takes labels and scores, and says the same.

# %%
from sklearn.metrics import roc_auc_score

labels = [0, 0, 0, 0, 0, 1, 1, 1]
auc = roc_auc_score(labels, normal_scores + anomaly_scores)
claim("The AUC is the share of right pairs", np.isclose(auc, share))

# %% [markdown]
# Why is it called an area? Walk down the list sorted by score and draw one step up for each anomaly and one to the right for each normal sample: the ROC curve of lesson 04. Under each step to the right stand
# the anomalies that come before that normal sample, so the area counts the right pairs.
#
# Nothing but the order counts: take the square of every score, and the AUC stays. *Try:* list each normal score a hundred times. The AUC stays again, though anomalies are now rare. The next number does not.

# %% [markdown]
# ## Average precision
#
# You need this in lessons 04 and 11. Sort the samples by score, the highest first, and walk down the list. At each anomaly, note the precision so far: anomalies met, divided by samples seen. The **average precision** is the mean of these notes.

# %%
sorted_labels = [1, 0, 1, 0, 0, 0, 1, 0]  # highest score first; 1 is an anomaly
met, precisions = 0, []
for seen, label in enumerate(sorted_labels, start=1):
    if label == 1:
        met += 1
        precisions.append(met / seen)
        print("anomaly at place", seen, "precision", round(met / seen, 2))
print("average precision", round(np.mean(precisions), 2))

# %% [markdown]
# Again scikit-learn says the same. Any scores will do that fall down the list.

# %%
from sklearn.metrics import average_precision_score

by_library = average_precision_score(sorted_labels, [8, 7, 6, 5, 4, 3, 2, 1])
claim("It is the mean of the three notes", np.isclose(by_library, np.mean(precisions)))

# %% [markdown]
# What stands at the top counts most. A random order gets about the share of anomalies, here 3 in 8, and not one half; so an average precision means nothing without that share. *Try:* move the first anomaly to place 2. Then
# put it back and move the last one from place 7 to 8. Which hurts more?

# %% [markdown]
# ## Frequency and filter
#
# You need this in lessons 07 and 11. A series can be taken apart into swings. The **frequency** of a swing is how often it comes in a second, in hertz (Hz). `np.fft.rfft` finds out how strong each frequency is in it.

# %%
per_second = 200
time = np.arange(2 * per_second) / per_second  # two seconds
slow = np.sin(2 * np.pi * 2 * time)  # 2 swings a second
fast = 0.5 * np.sin(2 * np.pi * 30 * time)  # 30 swings a second, half as high
series = slow + fast

# %% [markdown]
# How strong is each frequency in the sum? 400 points in two seconds give one number for every half hertz.

# %%
strength = np.abs(np.fft.rfft(series)) / len(series) * 2
frequency = np.fft.rfftfreq(len(series), d=1 / per_second)
strongest = np.argsort(strength)[-2:]
print("frequencies", frequency[strongest], "strengths", strength[strongest].round(1))

# %% [markdown]
# A **filter** takes some frequencies out. The mean of neighbouring points is the simplest. A **low-pass filter** by Butterworth has a cut-off: what is slower passes, what is
# faster is held back, the more sharply the higher its order. `sosfiltfilt` runs it forwards and backwards, so that nothing is shifted in time.

# %%
from scipy.signal import butter, sosfiltfilt

moving_average = np.convolve(series, np.ones(7) / 7, mode="same")
low_pass = sosfiltfilt(
    butter(4, 10, fs=per_second, output="sos"), series
)  # order 4, cut-off 10 Hz

# %% tags=["fold"]
# Draw the series and what the two filters make of it
figure, axes = plots.subplots(figsize=(6.5, 3.2))
axes.plot(time, series, color=plots.SKY, linewidth=1, label="series")
axes.plot(time, moving_average, color=plots.VERMILION, label="mean of 7 points")
axes.plot(time, low_pass, "--", color=plots.LIMIT, label="low-pass, 10 Hz")
axes.set(title="The slow swing stays", xlabel="time, seconds", ylabel="value", xlim=(0, 1))
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
description = "A slow wave with a fast ripple on it. Both filtered lines follow the slow wave without the ripple, nearly one on the other."
plots.show(figure, description)

# %% [markdown]
# A filter knows nothing of hearts or engines. It removes what is fast, be it noise or the steep rise of a heartbeat. *Try:* a cut-off of 40 Hz. And what is left of the series with a cut-off of 1 Hz?

# %% [markdown]
# ## fit and transform
#
# You need this in lesson 01. **scikit-learn** is the library of simple methods. Its objects all work alike: `fit` takes numbers from data and keeps them under names that end in `_`; to **transform** is to apply them, to these data or to others. (Models have `predict` or
# `score_samples` in its place.)

# %%
from sklearn.preprocessing import StandardScaler

x_train = np.array([[1.0, 100.0], [3.0, 300.0], [5.0, 500.0]])
x_new = np.array([[3.0, 100.0]])
scaler = StandardScaler().fit(x_train)
print("means", scaler.mean_, "standard deviations", scaler.scale_.round(1))
print("a new row, scaled:", scaler.transform(x_new).round(1))

# %% [markdown]
# The new row is measured with the training rows' numbers. `fit_transform` does both at once, and therefore belongs to training rows only. *Try:* `StandardScaler().fit_transform(x_new)`. What has been lost?

# %% [markdown]
# ## model, compile, fit
#
# You need this in lessons 02 and 03. In Keras a model is made of layers; `compile` says which optimiser and which loss; `fit` trains, epoch by epoch, and returns the losses. We let a network with one hidden layer learn a curve.

# %%
import keras

keras.utils.set_random_seed(0)
curve_x = np.linspace(-2, 2, 200).reshape(-1, 1).astype(np.float32)
curve_y = np.sin(2 * curve_x)

hidden_layer, last_layer = keras.layers.Dense(32, "tanh"), keras.layers.Dense(1)
model = keras.Sequential([keras.Input((1,)), hidden_layer, last_layer])
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
print("parameters", model.count_params())

# %% [markdown]
# 32 weights and 32 biases, then 32 weights and one bias. Now sixty times through all 200 rows.

# %%
history = model.fit(curve_x, curve_y, epochs=60, batch_size=32, verbose=0)
losses = history.history["loss"]
print("loss of the first epoch", round(losses[0], 1))
claim("Training made the loss at least ten times smaller", losses[-1] < losses[0] / 10)

# %% tags=["fold"]
# Draw the losses, and the curve that was learned
figure, (left, right) = plots.subplots(1, 2, figsize=(7, 3))
left.plot(losses)
left.set(title="Loss", xlabel="epoch", ylabel="mean squared error", yscale="log")
right.plot(curve_x, curve_y, label="to be learned")
right.plot(curve_x, model.predict(curve_x, verbose=0), label="network")
right.set(title="Curve", xlabel="input", ylabel="output", ylim=(-1.2, 2.4))
right.legend(loc="upper right")
description = "Left, the loss falls over sixty epochs to less than a tenth. Right, the network's line lies close to the sine curve it was shown."
plots.show(figure, description)

# %% [markdown]
# A **callback** is something of yours that such a loop calls after each epoch, for instance to stop it; you pass it as `callbacks=[...]`. *Try:* no hidden layer, `keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])`. What is the best it can do?

# %% [markdown]
# ## Subclass and override
#
# You need this from lesson 02 on, and in every variant from lesson 05 on. A **subclass** is made from another class and has all its methods. To **override** one is to write it anew; whatever calls it then gets the new one.


# %%
class Detector:
    def score(self, x):
        return np.abs(x - 10)  # the distance from 10

    def alarms(self, x):
        return self.score(x) > 3


class SquaredDetector(Detector):  # a subclass: it has alarms too
    def score(self, x):  # and overrides score
        return (x - 10) ** 2


measurements = np.array([9, 12, 15])
print(Detector().alarms(measurements))
print(SquaredDetector().alarms(measurements))

# %% [markdown]
# `alarms` was written once and never touched, and asks whichever `score` the object has. In this course `train` asks a model for its `training_loss` in the same way; sparse, denoising and variational autoencoders override it, and little
# else. Inside the new method, `super().score(x)` calls the old one. *Try:* a subclass whose score is twice the old one, with `super()`.

# %% [markdown]
# ## Remember
#
# 1. A density is no probability, a small p-value is no size of an effect, and an average precision means nothing without the share of anomalies.
# 2. A gradient is a slope for each weight; back-propagation is the chain rule; the optimiser decides what to make of it.
# 3. `fit` takes numbers from training rows; `transform` and `predict` only use them.
#
# ## Sources
#
# - C. Harris and others (2020), "Array programming with NumPy", Nature 585, [doi:10.1038/s41586-020-2649-2](https://doi.org/10.1038/s41586-020-2649-2): the arrays of every cell.
# - F. Pedregosa and others (2011), "Scikit-learn: machine learning in Python", JMLR 12: fit and transform.
# - D. Kingma and J. Ba (2015), "Adam: a method for stochastic optimization", [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, [doi:10.1214/aos/1176344552](https://doi.org/10.1214/aos/1176344552).
