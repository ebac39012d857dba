# Writes loess.json: fits of R's loess (degree 2, default interpolation) to made-up points, some with ties.
# Rscript loess.R > loess.json   (written with R 4.2.2)
numbers <- function(values) paste0("[", paste(format(values, digits = 15, trim = TRUE), collapse = ","), "]")
case <- function(name, x, y, span) {
  fitted <- loess(y ~ x, span = span, degree = 2)$fitted
  sprintf('{"name":"%s","span":%s,"x":%s,"y":%s,"fitted":%s}', name, span, numbers(x), numbers(y), numbers(fitted))
}
set.seed(7)
smooth <- round(runif(120, -3, 2), 6)
tied <- round(log10(rep(1:12, times = 30:19) / 200), 6)
skewed <- sort(round(log10(rexp(300)^2), 6))
cat("[", paste(
  case("smooth", smooth, round(sin(2 * smooth) + rnorm(120, sd = 0.2), 6), 0.3),
  case("tied", tied, round(tied + 0.3 * tied^2 + rnorm(length(tied), sd = 0.1), 6), 0.3),
  case("skewed", skewed, round(abs(skewed) + rnorm(300, sd = 0.3), 6), 0.3),
  case("wide", smooth, round(smooth^2 + rnorm(120, sd = 0.2), 6), 0.75),
  sep = ",\n"
), "]\n")
