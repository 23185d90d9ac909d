// How sure a measured figure is: confidence intervals, and what a run in which nothing was seen
// says.
//
// "At 95 % confidence" means: of many measurements like this one, 95 % have the true value in their
// interval. Binomial and Poisson intervals are exact: never fewer, as a rule somewhat more, since
// counts are discrete.
#ifndef FRAMEFENCE_HARNESS_STATISTICS_CONFIDENCE_H_
#define FRAMEFENCE_HARNESS_STATISTICS_CONFIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace framefence::statistics {

// REQUIRES of all: 0 < confidence < 1.

struct Interval {
  double low = 0;
  double high = 0;
  bool Covers(double value) const { return low <= value && value <= high; }
};

// Of the probability of a success in one trial. C. J. Clopper, E. S. Pearson, Biometrika 26, 1934.
// REQUIRES: successes <= trials, trials > 0.
Interval BinomialInterval(std::uint64_t successes, std::uint64_t trials, double confidence);

// Of the rate of a Poisson process that had so many events in so much exposure, in events per unit
// of it. F. Garwood, Biometrika 28, 1936. REQUIRES: exposure > 0.
Interval PoissonRateInterval(std::uint64_t events, double exposure, double confidence);

// Where nothing was seen: what the probability in one trial, or the rate, is below. One-sided, so
// lower than the interval's upper end. About 3 / trials at 95 %: the rule of three. REQUIRES:
// trials > 0; exposure > 0.
double BinomialBoundOfNone(std::uint64_t trials, double confidence);
double PoissonRateBoundOfNone(double exposure, double confidence);

// Of the mean that independent samples have in common. Student's t: exact for normal samples;
// skewed ones are covered less often than it says until there are many of them.
struct MeanEstimate {
  double mean = 0;
  double variance = 0;  // of one sample
  std::size_t samples = 0;
  Interval interval;
  // How many equal samples would bring as much: (sum x)^2 / sum x^2, of samples >= 0 (L. Kish,
  // "Survey Sampling", 1965). Where it is far below their number, a few samples make the mean, what
  // they are few of may be missing, and the interval says too little.
  double effective = 0;
  bool IsCarriedByFew() const { return effective < static_cast<double>(samples) / 2; }
};
// REQUIRES: two samples or more.
MeanEstimate EstimateMean(std::span<const double> samples, double confidence);

}  // namespace framefence::statistics

#endif  // FRAMEFENCE_HARNESS_STATISTICS_CONFIDENCE_H_
