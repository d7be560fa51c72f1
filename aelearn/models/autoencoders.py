"""Autoencoders. A variant changes `training_loss` and inherits the rest."""

import keras
import numpy as np
import tensorflow as tf

from aelearn import inputs
from aelearn._shared import in_chunks, plain_settings


@keras.saving.register_keras_serializable(package="aelearn")
class Autoencoder(keras.Model):
    """Encoder, code, decoder: n_features -> hidden -> latent_dim -> hidden reversed -> n_features.

    n_features: columns of the data, d. latent_dim: size of the code. hidden: sizes of the
    encoder's layers; the decoder mirrors them. activation: of the hidden layers.
    latent_activation, output_activation: "linear" by default, which suits standardised data
    and pictures alike. seed: fixes the initial weights.

    `model(x)` reconstructs a tensor, `model.encoder(x)` and `model.decoder(code)` are its halves.
    Raises ValueError for sizes below 1. Taught in: 02
    """

    def __init__(
        self,
        n_features,
        *,
        latent_dim,
        hidden=(128,),
        activation="relu",
        latent_activation="linear",
        output_activation="linear",
        seed=0,
    ):
        super().__init__()
        n_features = self.n_features = inputs.count(n_features, "n_features")
        latent_dim = self.latent_dim = inputs.count(latent_dim, "latent_dim")
        hidden, seed = inputs.sizes(hidden, "hidden"), inputs.count(seed, "seed", least=0)
        self._settings = dict(
            n_features=n_features,
            latent_dim=latent_dim,
            hidden=hidden,
            activation=activation,
            latent_activation=latent_activation,
            output_activation=output_activation,
            seed=seed,
        )
        seeds = iter(np.random.SeedSequence(seed).generate_state(2 * len(hidden) + 2))

        def dense(size, function):
            return keras.layers.Dense(
                size, activation=function, kernel_initializer=keras.initializers.GlorotUniform(int(next(seeds)))
            )

        self.encoder = keras.Sequential(
            [
                keras.Input((n_features,)),
                *(dense(size, activation) for size in hidden),
                dense(latent_dim, latent_activation),
            ],
            name="encoder",
        )
        self.decoder = keras.Sequential(
            [
                keras.Input((latent_dim,)),
                *(dense(size, activation) for size in reversed(hidden)),
                dense(n_features, output_activation),
            ],
            name="decoder",
        )
        self.built = True

    def call(self, x):
        return self.decoder(self.encoder(x))

    def get_config(self):
        return plain_settings(self._settings)

    def _rows(self, x, name="x"):
        """x as rows that this model can learn from, or a ValueError."""
        return inputs.table(x, name, columns=self.n_features)

    def training_loss(self, x):
        """The mean squared error of a batch (b, d), a scalar tensor: what `train` minimises. Taught in: 03"""
        return tf.reduce_mean(tf.square(x - self(x)))

    def reconstruct(self, x):
        """x (n, d) and back through encoder and decoder, as an array (n, d). Raises ValueError for bad x. Taught in: 02"""
        return in_chunks(self, self._rows(x))

    def reset_weights(self, seed):
        """Give the model the initial weights of `seed`, so that one compiled model serves many runs. Taught in: 03"""
        self.set_weights(type(self)(**self._settings | {"seed": seed}).get_weights())


@keras.saving.register_keras_serializable(package="aelearn")
class SparseAutoencoder(Autoencoder):
    """A code that may be larger than the input, of which few units are active for any one sample.

    penalty: "l1" adds weight * mean |code| and has ReLU units in the code, which can be exactly zero; "kl" adds
    weight * the mean over units of the Kullback-Leibler divergence between `target_rate` and the unit's
    mean activity in the batch, with sigmoid units in the code. Other arguments as for Autoencoder.
    Taught in: 06
    """

    def __init__(self, n_features, *, latent_dim, penalty="l1", weight=0.1, target_rate=0.05, **settings):
        inputs.choice(penalty, "penalty", ("l1", "kl"))
        settings.setdefault("latent_activation", "relu" if penalty == "l1" else "sigmoid")
        super().__init__(n_features, latent_dim=latent_dim, **settings)
        self.penalty = penalty
        self.weight = inputs.number(weight, "weight", least=0)
        self.target_rate = inputs.between(target_rate, "target_rate")
        self._settings |= dict(penalty=penalty, weight=self.weight, target_rate=self.target_rate)

    def training_loss(self, x):
        """Mean squared error plus weight times the penalty on the code, a scalar tensor. Taught in: 06"""
        code = self.encoder(x)
        error = tf.reduce_mean(tf.square(x - self.decoder(code)))
        if self.penalty == "l1":
            return error + self.weight * tf.reduce_mean(tf.abs(code))
        rate = tf.clip_by_value(tf.reduce_mean(code, axis=0), 1e-6, 1 - 1e-6)
        wanted = self.target_rate
        divergence = wanted * tf.math.log(wanted / rate) + (1 - wanted) * tf.math.log((1 - wanted) / (1 - rate))
        return error + self.weight * tf.reduce_mean(divergence)


@keras.saving.register_keras_serializable(package="aelearn")
class DenoisingAutoencoder(Autoencoder):
    """Trained to give back the clean sample from a corrupted one; it reconstructs and scores samples as they are.

    corruption: "gaussian" adds normal noise of standard deviation `level`; "masking" sets a share `level` of
    the values to zero; "salt_and_pepper" sets a share `level` to the smallest or the largest value of the batch.
    Other arguments as for Autoencoder. The noise follows the seed of `train`.
    Source: Vincent et al. (2008), doi:10.1145/1390156.1390294. Taught in: 07
    """

    def __init__(self, n_features, *, latent_dim, corruption="gaussian", level=0.3, **settings):
        super().__init__(n_features, latent_dim=latent_dim, **settings)
        self.corruption = inputs.choice(corruption, "corruption", ("gaussian", "masking", "salt_and_pepper"))
        self.level = (
            inputs.number(level, "level", above=0) if corruption == "gaussian" else inputs.between(level, "level")
        )
        self._settings |= dict(corruption=corruption, level=self.level)
        self._noise = keras.random.SeedGenerator(0)

    def corrupt(self, x):
        """A corrupted copy of a batch (b, d), a tensor; another one at each call. Taught in: 07"""
        x = tf.convert_to_tensor(x, tf.float32)
        if self.corruption == "gaussian":
            return x + self.level * _drawn(tf.random.stateless_normal, tf.shape(x), self._noise)
        chance = _drawn(tf.random.stateless_uniform, tf.shape(x), self._noise)
        if self.corruption == "masking":
            return tf.where(chance < self.level, 0.0, x)
        salt_or_pepper = tf.where(chance < self.level / 2, tf.reduce_min(x), tf.reduce_max(x))
        return tf.where(chance < self.level, salt_or_pepper, x)

    def training_loss(self, x):
        """The mean squared error between the clean batch and what came of the corrupted one, a scalar tensor. Taught in: 07"""
        return tf.reduce_mean(tf.square(x - self(self.corrupt(x))))


@keras.saving.register_keras_serializable(package="aelearn")
class VariationalAutoencoder(Autoencoder):
    """The encoder gives a normal distribution over codes, the decoder one over samples; the loss is the negative ELBO.

    likelihood: "gaussian" with the standard deviation `noise` around the decoder's output, or "bernoulli" for pixels
    in [0, 1], with a sigmoid output. beta: weight of the Kullback-Leibler term; 1 is the ELBO. Other arguments as for
    Autoencoder. `model.encoder(x)` is the mean code; `model(x)`, `reconstruct` and every score of `scoring` use it, so
    they draw nothing at random. Source: Kingma & Welling (2014), arXiv:1312.6114. Taught in: 08
    """

    def __init__(self, n_features, *, latent_dim, likelihood="gaussian", noise=0.3, beta=1.0, **settings):
        inputs.choice(likelihood, "likelihood", ("gaussian", "bernoulli"))
        settings.setdefault("output_activation", "linear" if likelihood == "gaussian" else "sigmoid")
        super().__init__(n_features, latent_dim=latent_dim, **settings)
        self.likelihood = likelihood
        self.noise = inputs.number(noise, "noise", above=0)
        self.beta = inputs.number(beta, "beta", least=0)
        self._settings |= dict(likelihood=likelihood, noise=self.noise, beta=self.beta)
        last_hidden = self.encoder.layers[-1].input
        log_variance = keras.layers.Dense(self.latent_dim, kernel_initializer="zeros", name="log_variance")(last_hidden)
        self._both = keras.Model(self.encoder.inputs[0], [self.encoder.outputs[0], log_variance])
        self._draws = keras.random.SeedGenerator(0)

    def encode(self, x):
        """Mean and log variance of the code of a batch (b, d): two tensors (b, latent_dim). Taught in: 08"""
        return self._both(x)

    def training_loss(self, x):
        """The negative ELBO with one draw of the code a sample, in nats, the mean over the batch, a scalar tensor. Taught in: 08"""
        mean, log_variance = self.encode(x)
        code = mean + tf.exp(log_variance / 2) * _drawn(tf.random.stateless_normal, tf.shape(mean), self._draws)
        kl = tf.reduce_sum(_kl(mean, log_variance), axis=1)
        return tf.reduce_mean(self.beta * kl - self._log_likelihood(x, self.decoder(code)))

    def kl(self, x):
        """The Kullback-Leibler divergence of each latent from the standard normal, (n, latent_dim) in nats. Taught in: 08"""
        return in_chunks(lambda part: _kl(*self.encode(part)), self._rows(x))

    def elbo(self, x, *, n_draws=16, seed=0):
        """The evidence lower bound of each sample, (n,) in nats: mean log-likelihood over `n_draws` codes, minus the KL.

        It is the bound itself whatever `beta` is. The same seed gives the same numbers: every sample meets the same
        draws. Raises ValueError for bad input. Taught in: 08
        """
        return self._bound(x, n_draws, seed, lambda weights, kl: tf.reduce_mean(weights[0], axis=0) - kl)

    def importance_weighted_bound(self, x, *, n_draws=64, seed=0):
        """A tighter bound on log p(x), (n,) in nats: the log of the mean of p(x, code) / q(code | x) over draws of the code.

        It approaches log p(x) of the model from below as `n_draws` grows.
        Source: Burda et al. (2016), arXiv:1509.00519. Taught in: 08
        """
        log_of_mean = lambda weights, kl: tf.reduce_logsumexp(sum(weights), axis=0) - np.log(len(weights[0]))
        return self._bound(x, n_draws, seed, log_of_mean)

    def generate(self, n, *, seed=0):
        """n samples from the model, (n, d): the decoder's mean for codes drawn from the standard normal. Taught in: 08"""
        codes = np.random.default_rng(inputs.count(seed, "seed", least=0)).normal(
            size=(inputs.count(n, "n"), self.latent_dim)
        )
        return self.decoder(codes.astype(np.float32)).numpy()

    def _bound(self, x, n_draws, seed, combine):
        """combine((log p(x | code), log p(code) - log q(code | x)), kl), the pair for each draw: (n_draws, b)."""
        x = self._rows(x)
        rng = np.random.default_rng(inputs.count(seed, "seed", least=0))
        draws = rng.normal(size=(inputs.count(n_draws, "n_draws"), 1, self.latent_dim)).astype(np.float32)

        def bound(batch):
            mean, log_variance = self.encode(batch)
            codes = mean + tf.exp(log_variance / 2) * draws
            outputs = self.decoder(tf.reshape(codes, (-1, self.latent_dim)))
            likelihood = self._log_likelihood(batch, tf.reshape(outputs, (n_draws, *batch.shape)))
            prior_over_posterior = 0.5 * tf.reduce_sum(tf.square(draws) - tf.square(codes) + log_variance, axis=-1)
            return combine((likelihood, prior_over_posterior), tf.reduce_sum(_kl(mean, log_variance), axis=1))

        return in_chunks(bound, x, wide=n_draws).astype(np.float64)

    def _rows(self, x, name="x"):
        x = inputs.table(x, name, columns=self.n_features)
        if self.likelihood == "bernoulli" and (x.min() < 0 or x.max() > 1):
            raise ValueError(
                f"{name} holds values from {x.min():g} to {x.max():g} and a bernoulli likelihood wants [0, 1]; "
                "divide the pixels by their largest value, or take likelihood='gaussian'"
            )
        return x

    def _log_likelihood(self, x, output):
        """log p(x | code) in nats, summed over the last axis."""
        if self.likelihood == "bernoulli":
            output = tf.clip_by_value(output, 1e-6, 1 - 1e-6)
            return tf.reduce_sum(x * tf.math.log(output) + (1 - x) * tf.math.log(1 - output), axis=-1)
        distance = tf.reduce_sum(tf.square((x - output) / self.noise), axis=-1)
        return -0.5 * distance - self.n_features * float(np.log(self.noise * np.sqrt(2 * np.pi)))


def _kl(mean, log_variance):
    """KL(N(mean, variance) || N(0, 1)) of each latent."""
    return 0.5 * (tf.square(mean) + tf.exp(log_variance) - 1 - log_variance)


def _drawn(distribution, shape, generator):
    """The numbers that keras.random would draw, twenty times faster: with the algorithm left open, XLA takes a slow one."""
    return distribution(shape, seed=tf.cast(generator.next(), tf.int32), alg="philox")
