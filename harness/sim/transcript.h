// What one home sees of the system in one play of a case, party by party, and where two of them part.
//
// A party is who can see: a camera, a place for a viewer session, or the account itself, as its app is
// told of binds and links. Between parties no order is compared: nobody sees it.
#ifndef FRAMEFENCE_HARNESS_SIM_TRANSCRIPT_H_
#define FRAMEFENCE_HARNESS_SIM_TRANSCRIPT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/ids.h"
#include "harness/base/virtual_time.h"
#include "harness/contract/system_under_test.h"
#include "harness/oracle/violation.h"
#include "harness/sim/variation.h"

namespace framefence::sim {

// What may differ between two runs although it is seen: channels that a system has by design, each as
// narrow as can be.
enum class Declassifier : std::uint8_t {
  // A request is answered kNoCapacity in one run and not in the other. What is seen from that step on
  // is not compared.
  kCapacity,
  kIngestPort,  // the number of the port that a publisher session was given
  // A still, or a packet that is sent again, of a publisher session that is over comes in one run and
  // not in the other. What is seen from then on is not compared.
  kPastSession,
};
inline constexpr int kDeclassifierCount = 3;
struct DeclassifierInfo {
  std::string_view name;  // "capacity"
  std::string_view reason;
};
const DeclassifierInfo& InfoOf(Declassifier declassifier);

class Transcript {
 public:
  enum class EventKind : std::uint8_t { kReply, kPacket, kStill, kFeedback };
  enum class PartyKind : std::uint8_t { kAccount, kCamera, kViewer };
  struct Party {
    PartyKind kind = PartyKind::kAccount;
    std::uint32_t id = 0;
    friend auto operator<=>(const Party&, const Party&) = default;
  };
  struct Event {
    Party party;
    std::uint32_t called = 0;  // the party's id in the case
    EventKind kind = EventKind::kReply;
    VirtualTime at;
    std::uint64_t step = 0;    // of the case; while it was played
    std::uint64_t number = 0;  // the request's that is answered, or that opened the viewer session
    contract::Operation operation = contract::Operation::kBind;  // kReply
    contract::Status status = contract::Status::kOk;             // kReply
    contract::IngestPort port = 0;                               // kReply
    bool of_the_past = false;                                    // kPacket, kStill
    std::uint32_t begin = 0;                                     // the bytes that came
    std::uint32_t size = 0;
  };

  // A new one. `variation` outlives it.
  void Begin(const Variation& variation);
  void BeginStep(std::uint64_t index) { step_ = index; }
  // What others see is left out.
  void OnReply(const contract::Request& request, const contract::Ack& ack, VirtualTime now);
  // of_the_past: of a publisher session that is over.
  void OnDelivery(const contract::Delivery& delivery, VirtualTime now, bool of_the_past);
  void OnFeedback(CameraId camera, std::span<const std::byte> rtcp, VirtualTime now);
  // It was looked at until then.
  void End(VirtualTime now) { end_ = now; }
  VirtualTime end() const { return end_; }

  // In the order in which they happened.
  std::span<const Event> events() const { return events_; }
  std::span<const std::byte> BytesOf(const Event& event) const {
    return std::span(bytes_).subspan(event.begin, event.size);
  }

 private:
  void Add(Event event, std::span<const std::byte> bytes);

  const Variation* variation_ = nullptr;
  std::uint64_t step_ = 0;
  VirtualTime end_;
  std::vector<Event> events_;
  std::vector<std::byte> bytes_;
};

// One line for a person.
std::string ToLine(const Transcript& transcript, const Transcript::Event& event);

// What two transcripts of one home come to.
struct Comparison {
  struct Parting {
    // What the party saw first that is not the same, and the last before it; none: nothing.
    const Transcript::Event* first = nullptr;
    const Transcript::Event* second = nullptr;
    const Transcript::Event* last_alike = nullptr;
    // The first byte that differs, where nothing else does.
    std::optional<std::size_t> byte;
    // Where two packets, or two pieces of RTCP, differ in nothing but what describes them.
    bool only_metadata = false;
    const Transcript::Event& event() const { return first != nullptr ? *first : *second; }
  };
  std::optional<Parting> parting;  // the earliest of all parties
  std::uint64_t alike = 0;         // events of the first that are the same in the second
  std::array<std::uint64_t, kDeclassifierCount> declassified{};  // events, by what let them differ
};
// As far as both go in time.
Comparison Compare(const Transcript& first, const Transcript& second);

// "byte 8 of 120: 1f, then 20 (SSRC)", "status: ok, then refused".
std::string DescribeDifference(const Transcript& first, const Transcript& second,
                               const Comparison::Parting& parting);

}  // namespace framefence::sim

#endif  // FRAMEFENCE_HARNESS_SIM_TRANSCRIPT_H_
