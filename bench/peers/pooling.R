# R's metafor package.
suppressPackageStartupMessages(library(metafor))

reml <- function(columns) {
  list(
    run = function() rma.uni(columns$estimates, columns$variances, method = "REML"),
    digest = function(fit) c(fit$tau2, fit$beta[1], fit$se)
  )
}
