// What the relay tells whoever watches it, as it happens: the beginnings, the ends and the changes
// of its sessions, not each packet. For logs and traces; nothing that an observer does changes what is sent.
#ifndef FRAMEFENCE_TARGETS_RELAY_EVENTS_H_
#define FRAMEFENCE_TARGETS_RELAY_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "targets/relay/types.h"

namespace relay {

enum class EventKind : std::uint8_t {
  kPublisherStarted,  // camera, port
  kPublisherStopped,  // camera, port
  kGopBegan,          // camera
  kGopLost,           // camera: longer than its cache
  kStillCompleted,    // camera
  kViewerOpened,      // camera, viewer
  kViewerEnded,       // camera, viewer; why: kOk, its own wish; else what its grant is void for
  kWentLive,          // camera, viewer: from an IDR picture on
  kQueueOverflowed,   // camera, viewer
  kDegraded,          // camera, viewer: to stills
};
inline constexpr std::size_t kEventKindCount = 10;
std::string_view ToString(EventKind kind);

// Fields that a kind does not name are zero.
struct Event {
  EventKind kind{};
  Camera camera{};
  Port port{};
  ViewerHandle viewer{};
  Status why = Status::kOk;
};

class EventObserver {
 public:
  // REQUIRES: an implementation does not call the relay back.
  virtual void OnEvent(const Event& event) = 0;

 protected:
  ~EventObserver() = default;
};

// Where events go; nowhere by default.
class EventHook {
 public:
  void Observe(EventObserver* observer) { observer_ = observer; }
  void Tell(const Event& event) const {
    if (observer_ != nullptr) [[unlikely]]
      observer_->OnEvent(event);
  }

 private:
  EventObserver* observer_ = nullptr;
};

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_EVENTS_H_
