#include "harness/sim/transcript.h"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "harness/media/rtp_packet.h"
#include "harness/sim/hash_of.h"

namespace framefence::sim {
namespace {

using Event = Transcript::Event;
using EventKind = Transcript::EventKind;
using Party = Transcript::Party;
using PartyKind = Transcript::PartyKind;

// What is no RTP describes nothing but itself.
std::size_t RtpHeaderSize(std::span<const std::byte> packet) {
  media::RtpPacket read;
  if (media::ParseRtp(packet, read) != media::RtpParse::kOk) return 0;
  return static_cast<std::size_t>(read.payload.data() - packet.data());
}

std::string_view FieldAt(EventKind kind, std::size_t byte, std::size_t header) {
  if (kind == EventKind::kFeedback) return "RTCP";
  if (kind == EventKind::kStill) return "still";
  if (byte >= header) return "payload";
  if (byte == 1) return "marker and payload type";
  if (byte == 2 || byte == 3) return "sequence number";
  if (byte >= 4 && byte < 8) return "timestamp";
  return byte >= 8 && byte < 12 ? "SSRC" : "RTP header";
}

std::optional<std::size_t> FirstDifference(std::span<const std::byte> a,
                                           std::span<const std::byte> b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() && in_b == b.end()) return std::nullopt;
  return static_cast<std::size_t>(in_a - a.begin());
}

// All but the bytes and the status. (A request's number says which operation it asked for.)
bool AreOfOneKind(const Event& a, const Event& b) {
  return a.kind == b.kind && a.at == b.at && a.number == b.number;
}

// The indices of a transcript's events until then, party by party, each in its order.
std::vector<std::uint32_t> ByParty(std::span<const Event> events, VirtualTime end) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < events.size() && events[i].at <= end; ++i) order.push_back(i);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::tuple(events[i].party, i); });
  return order;
}

// When something happened: by the clock, and of what happened at one time, by the case's step.
using Moment = std::tuple<VirtualTime, std::uint64_t>;
Moment MomentOf(const Event& event) { return {event.at, event.step}; }

class Comparer {
 public:
  Comparer(const Transcript& first, const Transcript& second) : first_(first), second_(second) {}

  Comparison Run() {
    const VirtualTime end = std::min(first_.end(), second_.end());
    const auto order_a = ByParty(first_.events(), end), order_b = ByParty(second_.events(), end);
    std::size_t a = 0, b = 0;
    while (a < order_a.size() || b < order_b.size()) {
      const Event* const next_a = a < order_a.size() ? &first_.events()[order_a[a]] : nullptr;
      const Event* const next_b = b < order_b.size() ? &second_.events()[order_b[b]] : nullptr;
      const bool a_leads = next_b == nullptr || (next_a && next_a->party <= next_b->party);
      const Party party = a_leads ? next_a->party : next_b->party;
      const Event* last_alike = nullptr;
      bool parted = false;
      // To the end of the party in both.
      while (true) {
        const Event* const in_a = EventOf(first_, order_a, a, party);
        const Event* const in_b = EventOf(second_, order_b, b, party);
        if (in_a == nullptr && in_b == nullptr) break;
        if (!parted) parted = !Match(in_a, in_b, last_alike);
        a += in_a != nullptr ? 1 : 0;
        b += in_b != nullptr ? 1 : 0;
      }
    }
    if (result_.parting && declassified_from_ &&
        MomentOf(*result_.parting) >= *declassified_from_) {
      result_.parting.reset();
    }
    return result_;
  }

 private:
  using Parting = Comparison::Parting;

  static const Event* EventOf(const Transcript& transcript, const std::vector<std::uint32_t>& order,
                              std::size_t at, const Party& party) {
    if (at >= order.size()) return nullptr;
    const Event& event = transcript.events()[order[at]];
    return event.party == party ? &event : nullptr;
  }

  static Moment MomentOf(const Parting& parting) {
    if (parting.first == nullptr) return sim::MomentOf(*parting.second);
    if (parting.second == nullptr) return sim::MomentOf(*parting.first);
    return std::min(sim::MomentOf(*parting.first), sim::MomentOf(*parting.second));
  }

  std::uint64_t& Declassified(Declassifier declassifier) {
    return result_.declassified[static_cast<std::size_t>(declassifier)];
  }

  // In the other run it may have been served before it was told so.
  static bool WasTurnedAway(const Event* event) {
    return event != nullptr && event->kind == EventKind::kReply &&
           event->status == contract::Status::kNoCapacity;
  }
  static bool IsPast(const Event* event) { return event != nullptr && event->of_the_past; }

  // From here on nothing is compared.
  bool Declassify(Declassifier declassifier, const Parting& parting) {
    ++Declassified(declassifier);
    const Moment moment = MomentOf(parting);
    if (!declassified_from_ || moment < *declassified_from_) declassified_from_ = moment;
    return false;
  }

  // Whether they are the same; else the party is not looked at any further.
  bool Match(const Event* a, const Event* b, const Event*& last_alike) {
    Parting parting{.first = a, .second = b, .last_alike = last_alike};
    if (a != nullptr && b != nullptr && AreOfOneKind(*a, *b)) {
      if (a->status == b->status) {
        const auto bytes_a = first_.BytesOf(*a), bytes_b = second_.BytesOf(*b);
        parting.byte = FirstDifference(bytes_a, bytes_b);
        if (!parting.byte) {
          if (a->port != b->port) ++Declassified(Declassifier::kIngestPort);
          ++result_.alike;
          last_alike = a;
          return true;
        }
        parting.only_metadata = DifferInMetadata(*a, bytes_a, bytes_b);
      }
    }
    // What came before that moment counts all the same.
    if (WasTurnedAway(a) || WasTurnedAway(b))
      Declassify(Declassifier::kCapacity, {.first = WasTurnedAway(a) ? a : nullptr,
                                           .second = WasTurnedAway(b) ? b : nullptr});
    // One is missing; what is compared with it may be the next one.
    if (IsPast(a) || IsPast(b)) return Declassify(Declassifier::kPastSession, parting);
    if (!result_.parting || MomentOf(parting) < MomentOf(*result_.parting))
      result_.parting = parting;
    return false;
  }

  static bool DifferInMetadata(const Event& event, std::span<const std::byte> a,
                               std::span<const std::byte> b) {
    if (a.size() != b.size()) return false;
    if (event.kind == EventKind::kFeedback) return true;
    if (event.kind != EventKind::kPacket) return false;
    const std::size_t header = RtpHeaderSize(a);
    return header == RtpHeaderSize(b) && std::ranges::equal(a.subspan(header), b.subspan(header));
  }

  const Transcript& first_;
  const Transcript& second_;
  Comparison result_;
  std::optional<Moment> declassified_from_;
};

std::string_view NameOf(EventKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"reply", "packet", "still", "RTCP"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view NameOf(PartyKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"account", "camera", "viewer"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace

const DeclassifierInfo& InfoOf(Declassifier declassifier) {
  static constexpr std::array<DeclassifierInfo, kDeclassifierCount> kInfos = {{
      {"capacity",
       "ports, places and memory are everybody's; who comes when all are taken is refused, and "
       "told so"},
      {"ingest-port", "ports are leased from one pool, so their numbers tell of other leases"},
      {"past-session",
       "what a camera that has gone sent last can be shown until the port that it came by is "
       "leased again, which others may do"},
  }};
  return kInfos[static_cast<std::size_t>(declassifier)];
}

void Transcript::Begin(const Variation& variation) {
  variation_ = &variation;
  step_ = 0;
  events_.clear();
  bytes_.clear();
}

void Transcript::OnReply(const contract::Request& request, const contract::Ack& ack,
                         VirtualTime now) {
  using contract::Operation;
  if (!variation_->IsOwn(request)) return;
  Party party{PartyKind::kAccount, variation_->observer.value};
  switch (request.operation) {
    case Operation::kStartPublisher:
    case Operation::kStopPublisher:
      party = {PartyKind::kCamera, request.camera.value};
      break;
    case Operation::kOpenViewer:
    case Operation::kPresentToken:
    case Operation::kCloseViewer:
    case Operation::kReportLoss:
      party = {PartyKind::kViewer, request.viewer.value};
      break;
    default:
      break;
  }
  Add({.party = party,
       .kind = EventKind::kReply,
       .at = now,
       .number = request.number,
       .operation = request.operation,
       .status = ack.status,
       .port = ack.port},
      {});
}

void Transcript::OnDelivery(const contract::Delivery& delivery, VirtualTime now, bool of_the_past) {
  if (!variation_->own_viewers[delivery.viewer.value]) return;
  const bool still = delivery.kind == contract::DeliveryKind::kStill;
  Add({.party = {PartyKind::kViewer, delivery.viewer.value},
       .kind = still ? EventKind::kStill : EventKind::kPacket,
       .at = now,
       .number = delivery.session,
       .of_the_past = of_the_past},
      delivery.bytes);
}

void Transcript::OnFeedback(CameraId camera, std::span<const std::byte> rtcp, VirtualTime now) {
  if (!variation_->own_cameras[camera.value]) return;
  Add({.party = {PartyKind::kCamera, camera.value}, .kind = EventKind::kFeedback, .at = now}, rtcp);
}

void Transcript::Add(Event event, std::span<const std::byte> bytes) {
  event.step = step_;
  event.called = event.party.kind == PartyKind::kViewer ? variation_->called[event.party.id].value
                                                        : event.party.id;
  event.begin = static_cast<std::uint32_t>(bytes_.size());
  event.size = static_cast<std::uint32_t>(bytes.size());
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  events_.push_back(event);
}

std::string ToLine(const Transcript& transcript, const Transcript::Event& event) {
  std::string line =
      fmt::format("{:.6f} s  step {}, {} {}: ", static_cast<double>(Microseconds(event.at)) / 1e6,
                  event.step, NameOf(event.party.kind), event.called);
  if (event.kind == EventKind::kReply) {
    line += fmt::format("reply to request {} ({}): {}", event.number,
                        contract::ToString(event.operation), contract::ToString(event.status));
    return event.port == 0 ? line : line + fmt::format(", port {}", event.port);
  }
  const auto bytes = transcript.BytesOf(event);
  line +=
      fmt::format("{} of {} bytes, hash {:016x}", NameOf(event.kind), bytes.size(), HashOf(bytes));
  if (event.kind != EventKind::kFeedback) line += fmt::format(", session {}", event.number);
  media::RtpPacket rtp;
  if (event.kind == EventKind::kPacket && media::ParseRtp(bytes, rtp) == media::RtpParse::kOk) {
    line += fmt::format(", SSRC {:08x}, sequence number {}, timestamp {}", rtp.ssrc,
                        rtp.sequence_number, rtp.timestamp);
  }
  return line;
}

Comparison Compare(const Transcript& first, const Transcript& second) {
  return Comparer(first, second).Run();
}

std::string DescribeDifference(const Transcript& first, const Transcript& second,
                               const Comparison::Parting& parting) {
  const auto* const a = parting.first;
  const auto* const b = parting.second;
  if (a == nullptr || b == nullptr)
    return fmt::format("only in the {} run there is a {}", a != nullptr ? "first" : "second",
                       NameOf(parting.event().kind));
  if (a->kind != b->kind) return fmt::format("a {}, then a {}", NameOf(a->kind), NameOf(b->kind));
  if (a->at != b->at) {
    return fmt::format("a {} at {} us, then at {} us", NameOf(a->kind), Microseconds(a->at),
                       Microseconds(b->at));
  }
  if (a->status != b->status) {
    return fmt::format("status of {}: {}, then {}", contract::ToString(a->operation),
                       contract::ToString(a->status), contract::ToString(b->status));
  }
  if (!parting.byte) return "it is of another request";
  const auto bytes_a = first.BytesOf(*a), bytes_b = second.BytesOf(*b);
  const std::size_t at = *parting.byte;
  const std::string_view field = FieldAt(a->kind, at, RtpHeaderSize(bytes_a));
  if (at >= bytes_a.size() || at >= bytes_b.size())
    return fmt::format("{} bytes, then {}", bytes_a.size(), bytes_b.size());
  return fmt::format("byte {} of {} ({}): {:02x}, then {:02x}", at, bytes_a.size(), field,
                     std::to_integer<unsigned>(bytes_a[at]),
                     std::to_integer<unsigned>(bytes_b[at]));
}

}  // namespace framefence::sim
