// Tries everything that can happen in a tiny deployment, breadth first, without a solver: every
// sequence of operations on the decision core, each answer judged by the specification. It shows
// by the shortest sequence what the proof refutes, and is a witness of its own for the clean core
// (search_test.cc).
//
// The deployment: two accounts, two cameras, one each of name, integration, viewer place, port and
// slot (tiny_machine.h); of what the core hands out, the latest of each kind is kept for use later.
#ifndef FRAMEFENCE_PROPERTIES_INVARIANTS_SEARCH_H_
#define FRAMEFENCE_PROPERTIES_INVARIANTS_SEARCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "properties/invariants/invariant.h"
#include "properties/invariants/operations.h"

namespace framefence::proofs {

// One operation with its arguments as plain numbers; it reads those that its contract names
// (decision_core.h). Grants, admissions and fillings are the latest ones.
struct Operation {
  OperationKind kind = OperationKind::kBind;
  std::uint32_t camera = 0;
  std::uint32_t account = 0;
  std::uint32_t name = 0;
  std::uint32_t integration = 0;
  std::uint32_t port = 0;
  std::uint32_t source = 0;  // an address of camera `source % 2`
  std::uint32_t ssrc = 0;
  std::uint32_t slot = 0;
  std::uint32_t length = 0;
  std::uint32_t viewer = 0;
  std::uint32_t generation = 0;
  std::uint32_t now = 0;
  std::uint32_t expires_at = 0;

  // In the order of Arguments::Fields().
  std::array<std::uint32_t, 13> Values() const {
    return {camera, account, name,   integration, port, source,    ssrc,
            slot,   length,  viewer, generation,  now,  expires_at};
  }
};

template <class M>
void SetArguments(const Operation& operation, Arguments<M>& arguments) {
  const auto values = operation.Values();
  std::size_t i = 0;
  std::apply(
      [&](auto&... word) { ((word = std::remove_reference_t<decltype(word)>(values[i++])), ...); },
      arguments.Fields());
}

// "Bind(camera 0, account 1), Link(account 1)"; arguments that are 0 are left out.
std::string ToString(std::span<const Operation> operations);

struct SearchOptions {
  // Counters of 1 or 2 bits.
  unsigned counter_bits = 2;
  // A frame is published, and a viewer session opened, in one go: fewer interleavings, much deeper.
  bool whole_frames = true;
  std::size_t depth_max = 8;           // in goes
  std::size_t states_max = 1'000'000;  // some 300 bytes each
  bool deliveries_only = false;        // only a wrong lease counts: what a viewer would see
  bool check_invariant = false;        // the invariant too, in each state
};

struct SearchReport {
  // What was found: the operations that lead to it, of which the last gets the wrong answer. Empty:
  // nothing was.
  std::vector<Operation> witness;
  std::string_view property;
  std::string_view says;
  std::optional<Conjunct> broken_conjunct;  // instead, if the invariant was checked

  std::size_t states = 0;
  std::size_t depth = 0;
  bool complete = false;  // there is no further state: all of them were seen
  std::set<std::pair<OperationKind, relay::Status>> answers;
};

// Searches the core as it is built here, with the leaks that are planted at the time
// (leaks::Plant).
SearchReport Search(const SearchOptions& options);

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_INVARIANTS_SEARCH_H_
