"""Many tests, boundaries and special functions: statsmodels, SciPy, and two online procedures written with NumPy."""

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import norm, t, ttest_ind_from_stats


def sum_and_ends(values):
    return [np.sum(values), values[0], values[-1]]


def benjamini_hochberg(columns):
    from statsmodels.stats.multitest import multipletests

    return lambda: multipletests(columns["pValues"], method="fdr_bh")[1], sum_and_ends


def decided(answer):
    levels, rejected = answer
    return [rejected, *sum_and_ends(levels)]


def lord(columns, alpha=0.05):
    """Ramdas et al. (2017), eq. 9: the shares once, then a sum over the discoveries a test."""
    p = columns["pValues"]

    def run():
        j = np.arange(1, len(p) + 1)
        shares = 0.07720838 * np.log(np.maximum(j, 2)) / (j * np.exp(np.sqrt(np.log(j))))
        levels, found, first = np.empty(len(p)), np.empty(len(p), dtype=int), alpha - alpha / 10
        count = 0
        for i, x in enumerate(p):
            level = alpha / 10 * shares[i]
            if count > 0:
                level += first * shares[i - found[0] - 1] + alpha * shares[i - found[1:count] - 1].sum()
            levels[i] = level
            if x <= level:
                found[count] = i
                count += 1
        return levels, count

    return run, decided


def saffron(columns, alpha=0.05, candidate=0.5):
    """Ramdas et al. (2018), section 2: time stands still at candidates."""
    p = columns["pValues"]

    def run():
        shares = 0.4374901658 * np.arange(1, len(p) + 2) ** -1.6
        levels, found = np.empty(len(p)), np.empty(len(p), dtype=int)
        # Candidates up to and with each test; those since a discovery are a difference of two.
        candidates = np.concatenate([[0], np.cumsum(p <= candidate)])
        count = 0
        for i, x in enumerate(p):
            since = candidates[i] - candidates[found[:count] + 1]
            earned = alpha / 2 * shares[i - candidates[i]]
            own = shares[i - found[:count] - since - 1]
            if count > 0:
                earned += alpha / 2 * own[0] + alpha * own[1:].sum()
            levels[i] = min(candidate, (1 - candidate) * earned)
            if x <= levels[i]:
                found[count] = i
                count += 1
        return levels, count

    return run, decided


def mixture_bounds(columns, alpha=0.05):
    v = columns["v"]
    inverse = -2 * np.log(alpha)
    rho = 1000 / (inverse + np.log1p(inverse))
    return lambda: np.sqrt((v + rho) * (np.log1p(v / rho) - 2 * np.log(alpha))), sum_and_ends


def welch_arguments(columns):
    return [columns[name] for name in ["meanB", "sdB", "nB", "meanA", "sdA", "nA"]]


def welch_calls(columns):
    rows = list(zip(*(column.tolist() for column in welch_arguments(columns))))
    return lambda: [ttest_ind_from_stats(*row, equal_var=False).pvalue for row in rows], sum_and_ends


def welch_vector(columns):
    arguments = welch_arguments(columns)
    return lambda: ttest_ind_from_stats(*arguments, equal_var=False).pvalue, sum_and_ends


def norm_cdf(columns):
    return lambda: norm.cdf(columns["points"]), sum_and_ends


def t_cdf(columns):
    return lambda: t.cdf(columns["points"], 30), sum_and_ends


def t_ppf(columns):
    return lambda: t.ppf(columns["probabilities"], 30), sum_and_ends


def mapped(function, name):
    return lambda columns: (lambda: function(columns[name]), sum_and_ends)


ndtr, ndtri = mapped(ndtr, "points"), mapped(ndtri, "probabilities")
