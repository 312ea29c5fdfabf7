"""BG/NBD for purchases and Gamma–Gamma for their value, by maximum likelihood.

Fader, Hardie and Lee (2005), "Counting Your Customers the Easy Way", and their note on
the Gamma–Gamma model. Purchases are days with an order; a history is x purchases after
the first, the last of them t_x weeks after the first, seen for T weeks.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, roots_jacobi

# Fewer valued histories say nothing about how values are spread.
LEAST_VALUED_CUSTOMERS = 50

# The interval: quantiles of so many simulated years per customer, always the same draws.
DRAWS = 1000
SEED = 20050401
CUSTOMERS_AT_ONCE = 2000

# Nodes of the integral over the dropout rate; 48 agree with the closed form to 1e-10.
NODES = 48

# On log scale: beyond it a parameter has run away and the likelihood has no maximum.
FURTHEST = 12.0
STARTS = (
    (0.0, 1.0, 0.0, 1.0),
    (-1.5, 1.5, -0.2, 0.9),
    (0.5, 3.0, -1.0, 1.5),
)
VALUE_STARTS = ((1.8, 1.3, 2.7), (0.7, 1.0, 1.0), (1.0, 1.5, 5.0))


class NoFitError(Exception):
    """The histories do not determine the parameters; the message says why."""


@dataclass(frozen=True)
class PurchaseFit:
    """BG/NBD: rates are Gamma(r, alpha) per week, dropout is Beta(a, b) per purchase."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


@dataclass(frozen=True)
class ValueFit:
    """Gamma–Gamma: values are Gamma(p, rate), the rate is Gamma(q, gamma)."""

    p: float
    q: float
    gamma: float
    log_likelihood: float


def fit_purchases(x: np.ndarray, t_x: np.ndarray, weeks: np.ndarray) -> PurchaseFit:
    """Return the BG/NBD parameters of greatest likelihood.

    Args:
        x: purchases after the first.
        t_x: weeks from the first to the last purchase; 0 without a second.
        weeks: T, weeks from the first purchase to the end of observation.

    Raises:
        NoFitError: the likelihood has no maximum.
    """
    histories, counts = np.unique(
        np.column_stack([x, t_x, weeks]).astype(float), axis=0, return_counts=True
    )

    def loss(logs: np.ndarray) -> float:
        return -float(counts @ history_logs(np.exp(logs), *histories.T))

    logs, value = _least(loss, STARTS, "BG/NBD")
    return PurchaseFit(*(float(each) for each in np.exp(logs)), -value)


def history_logs(
    parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, weeks: np.ndarray
) -> np.ndarray:
    """Return the log-likelihood of each history."""
    r, alpha, a, b = parameters
    rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    survived = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + weeks)
    # Without a second purchase nobody has had a chance to drop out.
    again = np.maximum(x, 1)
    left = betaln(a + 1, b + again - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return rate + np.logaddexp(survived, np.where(x > 0, left, -np.inf))


def fit_values(x: np.ndarray, mean_value: np.ndarray) -> ValueFit:
    """Return the Gamma–Gamma parameters of greatest likelihood.

    Only customers with x > 0 and a positive mean value say anything.

    Raises:
        NoFitError: too few customers or no maximum.
    """
    known = (x > 0) & (mean_value > 0)
    if known.sum() < LEAST_VALUED_CUSTOMERS:
        message = (
            f"{int(known.sum())} customers with a valued repeat purchase, "
            f"{LEAST_VALUED_CUSTOMERS} are needed"
        )
        raise NoFitError(message)
    x, mean_value = x[known].astype(float), mean_value[known].astype(float)
    # The scale of the currency is taken out, so that the starts fit any.
    unit = float(np.median(mean_value)) / 30
    scaled = mean_value / unit

    def loss(logs: np.ndarray) -> float:
        p, q, gamma = np.exp(logs)
        return -float(
            np.sum(
                -betaln(p * x, q)
                + q * np.log(gamma)
                + (p * x - 1) * np.log(scaled)
                + p * x * np.log(x)
                - (p * x + q) * np.log(gamma + x * scaled)
            )
        )

    logs, value = _least(loss, VALUE_STARTS, "Gamma–Gamma")
    p, q, gamma = (float(each) for each in np.exp(logs))
    if q <= 1:
        message = (
            "Gamma–Gamma: the values are so uneven that they have no mean (q <= 1)"
        )
        raise NoFitError(message)
    return ValueFit(p, q, gamma * unit, -value - len(x) * float(np.log(unit)))


def _least(loss, starts: tuple[tuple[float, ...], ...], name: str):  # noqa: ANN001, ANN202
    """Return where the loss is least, on log scale, and how much it is there."""
    found = [minimize(loss, start, method="Nelder-Mead") for start in starts]
    best = min(found, key=lambda one: one.fun)
    best = minimize(
        loss,
        best.x,
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-9, "maxiter": 5000, "maxfev": 5000},
    )
    if not best.success or not np.all(np.abs(best.x) < FURTHEST):
        message = f"{name}: the likelihood has no maximum within reach"
        raise NoFitError(message)
    return best.x, float(best.fun)


def probability_alive(
    fit: PurchaseFit, x: np.ndarray, t_x: np.ndarray, weeks: np.ndarray
) -> np.ndarray:
    """Return the probability that each customer has not dropped out."""
    again = np.maximum(x, 1)
    odds = (
        np.log(fit.a)
        - np.log(fit.b + again - 1)
        + (fit.r + x) * (np.log(fit.alpha + weeks) - np.log(fit.alpha + t_x))
    )
    left = np.exp(-np.logaddexp(0, odds))
    return np.where(x > 0, left, 1.0)


def expected_purchases(
    fit: PurchaseFit,
    x: np.ndarray,
    t_x: np.ndarray,
    weeks: np.ndarray,
    ahead: float,
) -> np.ndarray:
    """Return the purchases to expect of each customer in the weeks ahead.

    The closed form divides by a - 1 and needs the Gaussian hypergeometric function
    where it is unstable; the same expectation over the dropout rate of a customer who
    is alive, Beta(a, b + x), is a smooth integral and has neither trouble.
    """
    rate = np.empty(len(x))
    for repeats in np.unique(x):
        chosen = x == repeats
        nodes, weights = roots_jacobi(NODES, fit.b + repeats - 1, fit.a - 1)
        dropout, weights = (1 + nodes) / 2, weights / weights.sum()
        part = dropout * ahead / (fit.alpha + weeks[chosen, None])
        # (1 - (1 + part) ** -(r + x)) / dropout, also where dropout is next to nothing.
        many = -np.expm1(-(fit.r + repeats) * np.log1p(part)) / dropout
        rate[chosen] = many @ weights
    return probability_alive(fit, x, t_x, weeks) * rate


def expected_value(fit: ValueFit, x: np.ndarray, mean_value: np.ndarray) -> np.ndarray:
    """Return the mean value to expect of each customer's purchases."""
    worth = np.where(x > 0, x * np.nan_to_num(mean_value), 0.0)
    return fit.p * (fit.gamma + worth) / (fit.p * x + fit.q - 1)


def simulated_values(
    purchases: PurchaseFit,
    values: ValueFit,
    x: np.ndarray,
    t_x: np.ndarray,
    weeks: np.ndarray,
    mean_value: np.ndarray,
    ahead: float,
    quantiles: tuple[float, ...],
) -> np.ndarray:
    """Return quantiles of what each customer may be worth in the weeks ahead.

    Each draw takes a rate, a dropout rate, whether the customer is alive and a rate of
    values from what the history leaves open, and then plays the weeks ahead.
    """
    random = np.random.default_rng(SEED)
    alive = probability_alive(purchases, x, t_x, weeks)
    worth = np.where(x > 0, x * np.nan_to_num(mean_value), 0.0)
    found = [np.empty((len(quantiles), 0))]
    for start in range(0, len(x), CUSTOMERS_AT_ONCE):
        part = slice(start, start + CUSTOMERS_AT_ONCE)
        size = (DRAWS, len(x[part]))
        rate = random.gamma(
            purchases.r + x[part], 1 / (purchases.alpha + weeks[part]), size
        )
        dropout = random.beta(purchases.a, purchases.b + x[part], size)
        last = random.geometric(np.clip(dropout, 1e-12, 1), size)
        count = np.minimum(random.poisson(rate * ahead), last)
        count = np.where(random.random(size) < alive[part], count, 0)
        value_rate = random.gamma(
            values.q + values.p * x[part], 1 / (values.gamma + worth[part]), size
        )
        value = random.gamma(np.maximum(values.p * count, 1e-12)) / value_rate
        found.append(np.quantile(np.where(count > 0, value, 0.0), quantiles, axis=0))
    return np.concatenate(found, axis=1)
