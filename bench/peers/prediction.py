"""scikit-learn's models and measures."""

import numpy as np
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score


def logistic(columns, **options):
    y = columns["y"]
    x = columns["x"].reshape(len(y), -1)

    def largest_gradient(model):
        b = model.coef_[0]
        excess = expit(x @ b + model.intercept_[0]) - y
        return max(abs(excess.sum()), np.abs(x.T @ excess + b).max())

    return (
        lambda: LogisticRegression(C=1.0, **options).fit(x, y),
        lambda model: [model.intercept_[0], *model.coef_[0]],
        lambda model: f"largest gradient {largest_gradient(model):.1e}, {model.n_iter_[0]} iterations",
    )


def logistic_lbfgs(columns):
    return logistic(columns, solver="lbfgs")


def logistic_newton(columns):
    return logistic(columns, solver="newton-cholesky", tol=1e-10)


def auc(columns):
    return lambda: roc_auc_score(columns["outcomes"], columns["scores"]), lambda answer: [answer]


def average_precision(columns):
    return lambda: average_precision_score(columns["outcomes"], columns["scores"]), lambda answer: [answer]


def isotonic(columns):
    return (
        lambda: IsotonicRegression(out_of_bounds="clip").fit(columns["scores"], columns["outcomes"]),
        lambda fit: fit.predict([0.1, 0.3, 0.5, 0.7, 0.9]),
    )
