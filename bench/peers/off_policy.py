"""Off-policy values in NumPy, with the array operations of Open Bandit Pipeline 0.5.5 but without its checks of the input."""

import numpy as np


class Log:
    def __init__(self, columns):
        self.action = columns["action"].astype(int)
        n = len(self.action)
        self.rounds = np.arange(n)
        self.target = columns["target"].reshape(n, -1)
        self.predicted = columns["predicted"].reshape(n, -1)
        self.propensity, self.reward = columns["propensity"], columns["reward"]

    def weights(self):
        return self.target[self.rounds, self.action] / self.propensity

    def policy_values(self):
        return np.average(self.predicted, weights=self.target, axis=1)

    def doubly_robust(self, shrink=lambda w: w):
        w = shrink(self.weights())
        return self.policy_values() + w * (self.reward - self.predicted[self.rounds, self.action])


def row(scores):
    def prepared(columns):
        log = Log(columns)
        return lambda: scores(log).mean(), lambda answer: [answer]

    return prepared


def self_normalised(log):
    w = log.weights()
    return w * log.reward / w.mean()


ips = row(lambda log: log.weights() * log.reward)
snips = row(self_normalised)
dm = row(lambda log: log.policy_values())
dr = row(lambda log: log.doubly_robust())
switch_dr = row(lambda log: log.doubly_robust(lambda w: w * (w <= 1.5)))
dros = row(lambda log: log.doubly_robust(lambda w: 10 * w / (w**2 + 10)))


def dr_bootstrap(columns):
    log = Log(columns)

    def run():
        scores = log.doubly_robust()
        generator = np.random.RandomState(12345)
        means = [generator.choice(scores, size=len(scores)).mean() for _ in range(100)]
        return scores.mean(), np.percentile(means, [2.5, 97.5])

    return run, lambda answer: [answer[0]], lambda answer: "interval {:.5f} to {:.5f}".format(*answer[1])
