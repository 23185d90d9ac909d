// What a viewer session's stream is called: SSRC and first numbers, random to whoever lacks the
// deployment's secret (RFC 3550 5.1 and 8).
#ifndef FRAMEFENCE_TARGETS_RELAY_STREAM_IDENTITY_H_
#define FRAMEFENCE_TARGETS_RELAY_STREAM_IDENTITY_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "targets/relay/rtp_rewriter.h"
#include "targets/relay/types.h"

namespace relay {

// A pseudorandom function of the account and how many sessions it has opened before: it tells
// nothing of what other accounts do, which a generator that all share would.
StreamIdentity IdentityOf(Account account, std::uint64_t opened_before,
                          std::span<const std::byte, 32> secret);

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_STREAM_IDENTITY_H_
