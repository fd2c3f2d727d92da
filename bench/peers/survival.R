# R's survival package, on a response that is made before the clock starts.
suppressPackageStartupMessages(library(survival))

kaplan_meier <- function(columns) {
  followed <- Surv(columns$times, columns$events)
  list(
    run = function() survfit(followed ~ 1, conf.type = "log-log"),
    digest = function(fit) {
      at <- summary(fit, times = c(0.1, 0.5, 1, 2))
      as.vector(rbind(at$surv, at$std.err, at$lower, at$upper))
    }
  )
}

log_rank <- function(columns) {
  followed <- Surv(columns$times, columns$events)
  groups <- columns$groups
  list(run = function() survdiff(followed ~ groups), digest = function(test) c(test$chisq, test$obs))
}

cox <- function(columns) {
  followed <- Surv(columns$times, columns$events)
  x <- matrix(columns$x, ncol = 3, byrow = TRUE)
  list(
    run = function() coxph(followed ~ x),
    digest = function(fit) c(coef(fit), sqrt(diag(vcov(fit))))
  )
}
