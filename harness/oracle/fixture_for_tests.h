// A hand-driven little world for the oracle's tests and benchmark: it speaks RTP and H.264 in its
// own few lines.
#ifndef FRAMEFENCE_HARNESS_ORACLE_FIXTURE_FOR_TESTS_H_
#define FRAMEFENCE_HARNESS_ORACLE_FIXTURE_FOR_TESTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "harness/contract/system_under_test.h"
#include "harness/media/stamp/stamp.h"
#include "harness/oracle/oracle.h"

namespace framefence::oracle::testing {

using Buffer = std::vector<std::byte>;

inline void Append(Buffer& to, std::span<const std::byte> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

inline Buffer Octets(std::initializer_list<unsigned> values) {
  Buffer bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

// A NAL unit of `payload_bytes` stamp bytes after its header.
inline Buffer StampedNalUnit(const media::Stamp& first, std::size_t payload_bytes,
                             unsigned header = 0x65) {
  Buffer unit = Octets({header});
  unit.resize(1 + payload_bytes);
  media::WriteCells(first, std::span(unit).subspan(1));
  return unit;
}

inline Buffer AnnexB(std::initializer_list<Buffer> units, std::size_t start_code_bytes = 4) {
  Buffer stream;
  for (const Buffer& unit : units) {
    stream.resize(stream.size() + start_code_bytes - 1);
    stream.push_back(std::byte{1});
    Append(stream, unit);
  }
  return stream;
}

inline Buffer Rtp(std::span<const std::byte> payload) {
  Buffer packet = Octets({0x80, 96, 0x12, 0x34, 0, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef});
  Append(packet, payload);
  return packet;
}

inline Buffer FuA(const Buffer& unit, std::size_t begin, std::size_t length) {
  const unsigned header = std::to_integer<unsigned>(unit[0]);
  const bool first = begin == 1;
  const bool last = begin + length == unit.size();
  Buffer payload = Octets(
      {(header & 0xe0U) | 28U, (first ? 0x80U : 0U) | (last ? 0x40U : 0U) | (header & 0x1fU)});
  Append(payload, std::span(unit).subspan(begin, length));
  return Rtp(payload);
}

inline Buffer StapA(std::initializer_list<Buffer> units) {
  Buffer payload = Octets({0x78});
  for (const Buffer& unit : units) {
    Append(payload, Octets({static_cast<unsigned>(unit.size() >> 8),
                            static_cast<unsigned>(unit.size() & 0xff)}));
    Append(payload, unit);
  }
  return Rtp(payload);
}

// Cameras 0 and 2 are account 0's, camera 1 is account 1's; each named by its own number.
class World {
 public:
  static constexpr AccountId kHome{0};
  static constexpr AccountId kStranger{1};
  static constexpr CameraId kCamera{0};
  static constexpr CameraId kStrangersCamera{1};
  static constexpr CameraId kSecondCamera{2};
  static constexpr ViewerId kViewer{0};
  static constexpr IntegrationId kDisplay{0};

  explicit World(const contract::Deployment& deployment = {.names = 4}) { Begin(deployment); }

  // A new case.
  void Begin(const contract::Deployment& deployment) {
    oracle.Reset(deployment);
    requests_ = 0;
    for (auto& frames : frames_) frames = 0;
    Bind(kHome, kCamera);
    Bind(kStranger, kStrangersCamera);
    Bind(kHome, kSecondCamera);
  }

  contract::Request Ask(contract::Request request) {
    request.number = ++requests_;
    if (request.operation == contract::Operation::kOpenViewer) session = request.number;
    oracle.OnRequest(request);
    return request;
  }
  void Answer(const contract::Request& request, contract::Status status = contract::Status::kOk) {
    oracle.OnAck(request, {.number = request.number, .status = status}, now);
  }
  void Do(const contract::Request& request, contract::Status status = contract::Status::kOk) {
    Answer(Ask(request), status);
  }

  void Bind(AccountId account, CameraId camera) {
    Do({.operation = contract::Operation::kBind,
        .account = account,
        .camera = camera,
        .name = NameId(camera.value)});
  }
  static contract::Request Opening(CameraId camera = kCamera,
                                   contract::AccessPath path = contract::AccessPath::kApp) {
    return {.operation = contract::Operation::kOpenViewer,
            .account = kHome,
            .name = NameId(camera.value),
            .viewer = kViewer,
            .integration = kDisplay,
            .path = path};
  }
  void Open(CameraId camera = kCamera, contract::AccessPath path = contract::AccessPath::kApp) {
    Do(Opening(camera, path));
  }
  void OpenOnDisplay() {
    Link();
    Open(kCamera, contract::AccessPath::kIntegration);
  }
  void Link() {
    Do({.operation = contract::Operation::kLink, .account = kHome, .integration = kDisplay});
  }

  // Publishes the next frame of a camera: one NAL unit of stamps.
  struct Frame {
    media::Stamp stamp;
    Buffer unit;
    Buffer annex_b;
  };
  Frame Publish(CameraId camera, std::size_t payload_bytes = 150) {
    const FrameNumber number(frames_[camera.value]++);
    const BindingEpoch epoch = oracle.epoch_of(camera);
    Frame frame{.stamp = {camera, epoch, number, 0}};
    frame.unit = StampedNalUnit(frame.stamp, payload_bytes);
    frame.annex_b = AnnexB({frame.unit});
    oracle.OnPublished(camera, epoch, number, frame.annex_b, now, Content::kStamped);
    oracle.OnIngress(camera, number, now);
    return frame;
  }
  void PublishFootage(CameraId camera, const Buffer& annex_b) {
    const FrameNumber number(frames_[camera.value]++);
    oracle.OnPublished(camera, oracle.epoch_of(camera), number, annex_b, now, Content::kFootage);
    oracle.OnIngress(camera, number, now);
  }

  // To the session opened last.
  void Deliver(std::span<const std::byte> packet) { DeliverTo(session, packet); }
  void DeliverTo(contract::RequestNumber to, std::span<const std::byte> packet) {
    oracle.OnDelivery({.viewer = kViewer, .session = to, .bytes = packet}, now);
  }
  void DeliverStill(std::span<const std::byte> annex_b) {
    oracle.OnDelivery({.viewer = kViewer,
                       .session = session,
                       .kind = contract::DeliveryKind::kStill,
                       .bytes = annex_b},
                      now);
  }
  void Show(std::span<const std::byte> annex_b) { oracle.OnFrame(kViewer, annex_b, now); }

  Oracle oracle;
  VirtualTime now;
  contract::RequestNumber session = 0;

 private:
  contract::RequestNumber requests_ = 0;
  std::uint32_t frames_[8] = {};
};

}  // namespace framefence::oracle::testing

#endif  // FRAMEFENCE_HARNESS_ORACLE_FIXTURE_FOR_TESTS_H_
