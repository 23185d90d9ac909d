// Which packets a network loses: models with closed forms. loss_process.h draws from one.
//
// Clean loses nothing, Blackout everything. Bernoulli loses each packet on its own, with one
// probability. GilbertElliott loses in bursts: a Markov chain of a good and a bad state, each with
// its own loss probability (E. N. Gilbert, "Capacity of a Burst-Noise Channel", BSTJ 39, 1960,
// where the good state loses nothing; E. O. Elliott, "Estimates of Error Rates for Codes on
// Burst-Noise Channels", BSTJ 42, 1963, where both may lose). FourState is netem's, with single
// losses beside bursts that have holes. HeavyTailedBursts has runs whose lengths follow a power
// law, as runs measured on Wi-Fi do. RecordedLoss plays what was recorded.
#ifndef FRAMEFENCE_HARNESS_NET_LOSS_MODEL_H_
#define FRAMEFENCE_HARNESS_NET_LOSS_MODEL_H_

#include <cstdint>
#include <variant>

#include "harness/base/result.h"
#include "harness/net/error_pattern.h"
#include "harness/net/probability.h"
#include "harness/net/run_length.h"

namespace framefence::net {

struct Clean {
  friend constexpr bool operator==(Clean, Clean) = default;
};

// Loss rate: loss. Mean burst: 1 / (1 - loss).
struct Bernoulli {
  Probability loss;  // of each packet
  friend constexpr bool operator==(Bernoulli, Bernoulli) = default;
};

// The chain starts in the good state. With p = p_good_to_bad and r = p_bad_to_good it spends p / (p
// + r) of the packets in the bad state, so that the loss rate is (r * loss_good + p * loss_bad) /
// (p + r). When loss_good is 0 and loss_bad is 1, the mean burst is 1 / r; MeanBurstPackets gives
// the general form.
struct GilbertElliott {
  Probability p_good_to_bad;  // after each packet in the good state
  Probability p_bad_to_good;  // after each packet in the bad state
  Probability loss_good;      // of a packet in the good state
  Probability loss_bad;       // of a packet in the bad state
  friend constexpr bool operator==(const GilbertElliott&, const GilbertElliott&) = default;
};

// S. Salsano, F. Ludovici, A. Ordine, D. Giannuzzi, "Definition of a general and intuitive loss
// model for packet networks and its implementation in the Netem module in the Linux kernel", 2012.
// States: 1 received within a gap, 2 received within a burst, 3 lost within a burst, 4 lost alone
// within a gap. As in netem, the chain moves first, and the state that it comes to is the packet's
// fate; it starts in state 1, and state 4 always goes back to it.
//
// With x = p13 / p31, the packets are in states 1, 2, 3, 4 in proportion to 1, x * p32 / p23, x,
// p14. Loss rate: (x + p14) / (1 + x * (1 + p32 / p23) + p14). Mean burst: (x + p14) / (p13 + p14
// + x * p32).
struct FourState {
  Probability p13;  // a burst begins; p13 + p14 <= 1
  Probability p31;  // a burst ends; p31 + p32 <= 1
  Probability p32;  // a hole in a burst begins
  Probability p23;  // a hole in a burst ends
  Probability p14;  // one packet is lost alone
  friend constexpr bool operator==(const FourState&, const FourState&) = default;
};

// Bursts, in which all is lost, and gaps, in which nothing is, take turns, each with a length of
// its own; it starts with a gap. Loss rate: E[burst] / (E[burst] + E[gap]). Mean burst: E[burst].
// L. Carvalho, J. Angeja, A. Navarro, "A New Packet Loss Model of the IEEE 802.11g Wireless Network
// for Multimedia Communications", IEEE Trans. Consumer Electronics 51, 2005, found such tails.
struct HeavyTailedBursts {
  RunLength burst = ParetoRun{};
  RunLength gap = GeometricRun{Probability::OutOf(1, 6)};
  friend constexpr bool operator==(const HeavyTailedBursts&, const HeavyTailedBursts&) = default;
};

// Loss rate and mean burst are the pattern's.
struct RecordedLoss {
  const ErrorPattern* pattern = nullptr;  // not null; outlives all that is made of this model
  std::uint32_t first = 0;  // where in the pattern it begins, modulo its length; it repeats
  friend constexpr bool operator==(const RecordedLoss&, const RecordedLoss&) = default;
};

struct Blackout {
  friend constexpr bool operator==(Blackout, Blackout) = default;
};

using LossModel = std::variant<Clean, Bernoulli, GilbertElliott, Blackout, FourState,
                               HeavyTailedBursts, RecordedLoss>;

// Clean, Bernoulli, Gilbert-Elliott and Blackout are always valid.
Outcome Validate(const LossModel& model);

// The long-run fraction of packets lost. A chain that cannot come back from where it goes is judged
// by where it ends. REQUIRES (both): Validate(model).
double LossRate(const LossModel& model);

// The long-run mean number of packets in an unbroken run of lost ones: P(lost) / P(received, then
// lost). 0 when nothing is ever lost, infinity when nothing is ever received.
double MeanBurstPackets(const LossModel& model);

}  // namespace framefence::net

#endif  // FRAMEFENCE_HARNESS_NET_LOSS_MODEL_H_
