"""The formulas of gbstats a cell at a time, with one SciPy call a distribution: what remains of it without its data frames,
its classes and its validation. A lower bound of its time, and a check that the numbers are the same."""

from math import log, sqrt

from scipy.stats import chi2, norm, t

ALPHA = 0.05
TUNED_FOR = 5000


def moments(n, total, squares):
    mean = total / n
    return n, mean, (squares - total * mean) / (n - 1)


def cells_of(columns):
    names = ["n", "sum", "sumSquares", "covariateSum", "covariateSumSquares", "sumProducts"]
    rows = list(zip(*(columns[name].tolist() for name in names)))
    return list(zip(rows[::2], rows[1::2]))


def lift(a, b):
    (na, ma, va), (nb, mb, vb) = moments(*a[:3]), moments(*b[:3])
    variance = vb / nb / ma**2 + va / na * mb**2 / ma**4
    freedom = (va / na + vb / nb) ** 2 / ((va / na) ** 2 / (na - 1) + (vb / nb) ** 2 / (nb - 1))
    return (mb - ma) / abs(ma), sqrt(variance), freedom


def watched(estimate, se, n):
    rho2 = (-2 * log(ALPHA) + log(-2 * log(ALPHA) + 1)) / TUNED_FOR
    spread = n * rho2 + 1
    half = se * sqrt(n) * sqrt(2 * spread / (n * n * rho2) * log(sqrt(spread) / ALPHA))
    # p: the level at which the interval just touches 0.
    z = estimate / se
    p = min(1.0, sqrt(spread) * 2.718281828459045 ** (-z * z * n * rho2 / (2 * spread)))
    return estimate, estimate - half, estimate + half, p


def frequentist_cell(a, b):
    estimate, se, freedom = lift(a, b)
    half = t.ppf(1 - ALPHA / 2, freedom) * se
    return estimate, estimate - half, estimate + half, 2 * t.sf(abs(estimate / se), freedom)


def sequential_cell(a, b):
    estimate, se, _ = lift(a, b)
    return watched(estimate, se, a[0] + b[0])


def bayesian_cell(a, b):
    mean, sd, _ = lift(a, b)
    half = norm.ppf(1 - ALPHA / 2) * sd
    z = mean / sd
    risk_control = sd * norm.pdf(z) + mean * norm.cdf(z)
    risk_treatment = sd * norm.pdf(z) - mean * norm.cdf(-z)
    return mean, mean - half, mean + half, norm.cdf(z), risk_control, risk_treatment


def cuped_cell(a, b):
    n = a[0] + b[0]
    all_units = [x + y for x, y in zip(a, b)]
    _, _, spread = moments(n, all_units[3], all_units[4])
    theta = (all_units[5] - all_units[1] * all_units[3] / n) / (n - 1) / spread

    def arm(row):
        size, mean, variance = moments(*row[:3])
        _, pre_mean, pre_variance = moments(size, row[3], row[4])
        return size, mean, variance, pre_mean, pre_variance, (row[5] - row[1] * row[3] / size) / (size - 1)

    (na, ma, va, pa, wa, ca), (nb, mb, vb, pb, wb, cb) = arm(a), arm(b)
    ratio = mb / ma
    estimate = (mb - theta * pb - (ma - theta * pa)) / abs(ma)
    variance = (vb + theta**2 * wb - 2 * theta * cb) / (nb * ma**2)
    variance += (va * ratio**2 - 2 * theta * ca * ratio + theta**2 * wa) / (na * ma**2)
    return watched(estimate, sqrt(variance), n)


def row(cell):
    def prepared(columns):
        cells = cells_of(columns)

        def run():
            return [(cell(a, b), sample_ratio(a[0], b[0])) for a, b in cells]

        def digest(answers):
            sums = [sum(numbers) for numbers in zip(*(effect for effect, _ in answers))]
            return [*sums, *answers[0][0], sum(p for _, p in answers)]

        return run, digest

    return prepared


def sample_ratio(na, nb):
    half = (na + nb) / 2
    return chi2.sf(((na - half) ** 2 + (nb - half) ** 2) / half, 1)


frequentist = row(frequentist_cell)
sequential = row(sequential_cell)
bayesian = row(bayesian_cell)
cuped_sequential = row(cuped_cell)
