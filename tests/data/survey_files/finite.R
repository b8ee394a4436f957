# What R's package survey says of finite.csv, a made-up sample: Rscript finite.R (R 4.2.2 and survey 4.1.1 printed finite.txt).
suppressMessages(library(survey))
options(digits = 12)
d <- read.csv("finite.csv")
drawn <- table(unique(d[c("stratum", "cluster")])$stratum)
asked <- table(d$cluster)
d$w1 <- d$clusters_in / as.vector(drawn[d$stratum])
d$w2 <- d$w1 * d$people_in / as.vector(asked[d$cluster])
d$w0 <- d$residents / as.vector(table(d$stratum)[d$stratum])
designs <- list(
  people = svydesign(id = ~1, strata = ~stratum, weights = ~w0, fpc = ~residents, data = d),
  clusters = svydesign(id = ~cluster, strata = ~stratum, weights = ~w1, fpc = ~clusters_in, nest = TRUE, data = d),
  stages = svydesign(id = ~cluster + person, strata = ~stratum, weights = ~w2, fpc = ~ clusters_in + people_in, nest = TRUE, data = d)
)
totals <- c(`(Intercept)` = 100, sexm = 49)
tell <- function(name, whose, design) {
  mean <- svymean(~score, design, deff = "replace")
  share <- svymean(~yes, design, deff = "replace")
  ends <- confint(svyciprop(~yes, design, method = "logit"))
  cat(name, whose, coef(mean), SE(mean), deff(mean), confint(mean, df = degf(design)), coef(share), SE(share), deff(share), ends, "\n")
}
for (name in names(designs)) {
  design <- designs[[name]]
  tell(name, "all", design)
  tell(name, "women", subset(design, sex == "f"))
  tell(name, "raked", calibrate(design, ~sex, totals, calfun = "raking", epsilon = 1e-12, maxit = 200))
}
