#include "harness/statistics/confidence.h"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numeric>

#include "harness/base/check.h"

namespace framefence::statistics {
namespace {

// What is left over on one side of a two-sided interval.
double Tail(double confidence) {
  FRAMEFENCE_CHECK(confidence > 0 && confidence < 1);
  return (1 - confidence) / 2;
}

}  // namespace

// The tails of a binomial are those of a beta distribution, which has an inverse.
Interval BinomialInterval(std::uint64_t successes, std::uint64_t trials, double confidence) {
  FRAMEFENCE_CHECK(trials > 0 && successes <= trials);
  const double tail = Tail(confidence);
  const auto hits = static_cast<double>(successes);
  const auto misses = static_cast<double>(trials - successes);
  return {successes == 0 ? 0 : boost::math::ibeta_inv(hits, misses + 1, tail),
          successes == trials ? 1 : boost::math::ibetac_inv(hits + 1, misses, tail)};
}

// Those of a Poisson are those of a gamma distribution.
Interval PoissonRateInterval(std::uint64_t events, double exposure, double confidence) {
  FRAMEFENCE_CHECK(exposure > 0);
  const double tail = Tail(confidence);
  const auto count = static_cast<double>(events);
  return {events == 0 ? 0 : boost::math::gamma_p_inv(count, tail) / exposure,
          boost::math::gamma_q_inv(count + 1, tail) / exposure};
}

// (1 - p)^trials = 1 - confidence; as logarithms, since p may be too small to be told from 0 in 1 - p.
double BinomialBoundOfNone(std::uint64_t trials, double confidence) {
  FRAMEFENCE_CHECK(trials > 0 && confidence > 0 && confidence < 1);
  return -std::expm1(std::log1p(-confidence) / static_cast<double>(trials));
}

double PoissonRateBoundOfNone(double exposure, double confidence) {
  FRAMEFENCE_CHECK(exposure > 0 && confidence > 0 && confidence < 1);
  return -std::log1p(-confidence) / exposure;
}

MeanEstimate EstimateMean(std::span<const double> samples, double confidence) {
  FRAMEFENCE_CHECK(samples.size() >= 2);
  const auto count = static_cast<double>(samples.size());
  MeanEstimate estimate;
  estimate.samples = samples.size();
  const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
  const double squares = std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0);
  estimate.mean = sum / count;
  estimate.effective = squares > 0 ? sum * sum / squares : 0;
  for (const double sample : samples)
    estimate.variance += (sample - estimate.mean) * (sample - estimate.mean) / (count - 1);
  const boost::math::students_t distribution(count - 1);
  const double half = boost::math::quantile(complement(distribution, Tail(confidence))) *
                      std::sqrt(estimate.variance / count);
  estimate.interval = {estimate.mean - half, estimate.mean + half};
  return estimate;
}

}  // namespace framefence::statistics
