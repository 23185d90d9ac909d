#include "targets/relay/edge/wire.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "targets/relay/big_endian.h"

namespace relay::edge {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kEntryBytes = 25;

// Of Body's alternatives, in their order, from 1.
enum class Type : std::uint8_t {
  kStillRequest = 1,
  kStillReply,
  kOwnersRequest,
  kOwnersReply,
  kInvalidation,
  kConfirmation,
};

// Reads on from the front of a span; beyond its end, zeros, and ok() is false from then on.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  std::span<const std::byte> rest() const { return rest_; }

  template <std::unsigned_integral Number>
  Number Take() {
    if (rest_.size() < sizeof(Number)) {
      ok_ = false;
      rest_ = {};
      return 0;
    }
    const Number number = ReadBigEndian<Number>(rest_.data());
    rest_ = rest_.subspan(sizeof(Number));
    return number;
  }
  template <class Id>
  Id TakeId() {
    return Id(Take<decltype(Id::value)>());
  }
  std::chrono::microseconds TakeTime() {
    const auto count = Take<std::uint64_t>();
    if (count > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) ok_ = false;
    return std::chrono::microseconds(static_cast<std::int64_t>(ok_ ? count : 0));
  }
  template <class Enum>
  Enum TakeEnum(std::size_t count) {
    const auto number = Take<std::uint8_t>();
    if (number >= count) ok_ = false;
    return static_cast<Enum>(ok_ ? number : 0);
  }

 private:
  std::span<const std::byte> rest_;
  bool ok_ = true;
};

// Writes on to the front of a span; what does not fit is left out, and ok() is false from then on.
class Writer {
 public:
  explicit Writer(std::span<std::byte> space) : space_(space) {}

  bool ok() const { return ok_; }
  std::size_t size() const { return size_; }

  template <std::unsigned_integral Number>
  void Put(Number number) {
    if (!Fits(sizeof number)) return;
    WriteBigEndian(space_.data() + size_, number);
    size_ += sizeof number;
  }
  template <class Id>
  void PutId(Id id) {
    Put(id.value);
  }
  void PutTime(std::chrono::microseconds time) { Put(static_cast<std::uint64_t>(time.count())); }
  void PutBytes(std::span<const std::byte> bytes) {
    if (bytes.empty() || !Fits(bytes.size())) return;
    std::memcpy(space_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

 private:
  bool Fits(std::size_t bytes) {
    if (space_.size() - size_ < bytes) ok_ = false;
    return ok_;
  }

  std::span<std::byte> space_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

// --- bodies: Read(), which must use up the frame, and Write(), in the same order

bool Read(Reader& from, StillRequest& body) {
  body.camera = from.TakeId<Camera>();
  body.binding_epoch = from.TakeId<Epoch>();
  return from.at_end();
}
void Write(Writer& to, const StillRequest& body) {
  to.PutId(body.camera);
  to.PutId(body.binding_epoch);
}

// A refusal brings no picture.
bool Read(Reader& from, StillReply& body) {
  body.outcome = from.TakeEnum<Outcome>(kOutcomeCount);
  body.camera = from.TakeId<Camera>();
  body.binding_epoch = from.TakeId<Epoch>();
  body.age = from.TakeTime();
  body.picture = from.rest();
  return from.ok() && (body.outcome == Outcome::kOk) == !body.picture.empty();
}
void Write(Writer& to, const StillReply& body) {
  to.Put(static_cast<std::uint8_t>(body.outcome));
  to.PutId(body.camera);
  to.PutId(body.binding_epoch);
  to.PutTime(body.age);
  to.PutBytes(body.picture);
}

bool Read(Reader& from, OwnersRequest& body) {
  const auto count = from.Take<std::uint16_t>();
  if (count == 0 || count > kOwnersPerBatch) return false;
  for (std::uint16_t i = 0; i < count; ++i) body.cameras.Add(from.TakeId<Camera>());
  return from.at_end();
}
void Write(Writer& to, const OwnersRequest& body) {
  to.Put(static_cast<std::uint16_t>(body.cameras.size()));
  for (const Camera camera : body.cameras) to.PutId(camera);
}

bool Read(Reader& from, OwnersReply& body) {
  body.lease = from.TakeTime();
  const auto count = from.Take<std::uint16_t>();
  if (count > kOwnersPerBatch) return false;
  for (std::uint16_t i = 0; i < count; ++i) {
    OwnerEntry entry;
    entry.camera = from.TakeId<Camera>();
    entry.outcome = from.TakeEnum<Outcome>(kOutcomeCount);
    entry.owner = from.TakeId<Account>();
    entry.name = from.TakeId<Name>();
    entry.binding_epoch = from.TakeId<Epoch>();
    entry.open_integrations = from.Take<std::uint64_t>();
    body.entries.Add(entry);
  }
  return from.at_end();
}
void Write(Writer& to, const OwnersReply& body) {
  to.PutTime(body.lease);
  to.Put(static_cast<std::uint16_t>(body.entries.size()));
  for (const OwnerEntry& entry : body.entries) {
    to.PutId(entry.camera);
    to.Put(static_cast<std::uint8_t>(entry.outcome));
    to.PutId(entry.owner);
    to.PutId(entry.name);
    to.PutId(entry.binding_epoch);
    to.Put(entry.open_integrations);
  }
}

// Two ids: the camera, or the account, or the integration; the second is a link's integration.
bool Read(Reader& from, Invalidation& body) {
  using Kind = Invalidation::Kind;
  body.change = from.Take<std::uint64_t>();
  body.kind = from.TakeEnum<Kind>(Invalidation::kKinds);
  const auto first = from.Take<std::uint32_t>();
  const auto second = from.Take<std::uint32_t>();
  if (body.kind == Kind::kCamera) body.camera = Camera(first);
  if (body.kind == Kind::kAccount || body.kind == Kind::kLink) body.account = Account(first);
  if (body.kind == Kind::kIntegration) body.integration = Integration(first);
  if (body.kind == Kind::kLink) body.integration = Integration(second);
  return from.at_end() && (body.kind == Kind::kLink || second == 0);
}
void Write(Writer& to, const Invalidation& body) {
  using Kind = Invalidation::Kind;
  to.Put(body.change);
  to.Put(static_cast<std::uint8_t>(body.kind));
  if (body.kind == Kind::kCamera) to.PutId(body.camera);
  if (body.kind == Kind::kAccount || body.kind == Kind::kLink) to.PutId(body.account);
  if (body.kind == Kind::kIntegration) to.PutId(body.integration);
  to.Put(body.kind == Kind::kLink ? body.integration.value : std::uint32_t{0});
}

bool Read(Reader& from, Confirmation& body) {
  body.change = from.Take<std::uint64_t>();
  return from.at_end();
}
void Write(Writer& to, const Confirmation& body) { to.Put(body.change); }

template <class What>
WireParse ReadBody(Reader& from, Message& message) {
  constexpr bool has_id =
      !std::is_same_v<What, Invalidation> && !std::is_same_v<What, Confirmation>;
  if (has_id != (message.id != 0)) return WireParse::kBadId;
  return Read(from, message.body.emplace<What>()) ? WireParse::kOk : WireParse::kBadBody;
}

}  // namespace

std::size_t FrameBytesOf(std::span<const std::byte> begin) {
  return kLengthBytes + ReadBigEndian<std::uint32_t>(begin.data());
}

std::size_t FrameBytesMax(std::size_t picture_bytes_max) {
  return kFrameHeaderBytes +
         std::max(kStillReplyBytes + picture_bytes_max, 8 + 2 + kOwnersPerBatch * kEntryBytes);
}

WireParse ParseFrame(std::span<const std::byte> frame, Message& message) {
  if (frame.size() < kFrameHeaderBytes || FrameBytesOf(frame) != frame.size())
    return WireParse::kBadLength;
  Reader from(frame.subspan(kLengthBytes));
  if (from.Take<std::uint8_t>() != kVersion) return WireParse::kBadVersion;
  const auto type = static_cast<Type>(from.Take<std::uint8_t>());
  message.id = from.Take<std::uint32_t>();
  switch (type) {
    case Type::kStillRequest:
      return ReadBody<StillRequest>(from, message);
    case Type::kStillReply:
      return ReadBody<StillReply>(from, message);
    case Type::kOwnersRequest:
      return ReadBody<OwnersRequest>(from, message);
    case Type::kOwnersReply:
      return ReadBody<OwnersReply>(from, message);
    case Type::kInvalidation:
      return ReadBody<Invalidation>(from, message);
    case Type::kConfirmation:
      return ReadBody<Confirmation>(from, message);
  }
  return WireParse::kBadType;
}

std::size_t WriteFrame(const Message& message, std::span<std::byte> space) {
  if (space.size() < kFrameHeaderBytes) return 0;
  Writer to(space.subspan(kLengthBytes));
  to.Put(kVersion);
  to.Put(static_cast<std::uint8_t>(message.body.index() + 1));
  to.Put(message.id);
  std::visit([&](const auto& body) { Write(to, body); }, message.body);
  if (!to.ok()) return 0;
  WriteBigEndian(space.data(), static_cast<std::uint32_t>(to.size()));
  return kLengthBytes + to.size();
}

}  // namespace relay::edge
