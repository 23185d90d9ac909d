// A packet's way through the relay and through the unguarded one (unguarded.h), under one name.
#ifndef FRAMEFENCE_TARGETS_RELAY_ISOLATION_PATH_H_
#define FRAMEFENCE_TARGETS_RELAY_ISOLATION_PATH_H_

#include <cstdint>
#include <memory>

namespace isolation {

class Path {
 public:
  virtual ~Path() = default;
  // Whether all viewers got all that they should have.
  virtual bool ok() const = 0;
  // One packet from its camera to all viewers.
  virtual void Send() = 0;
};

// What a viewer's transport does with a packet: takes note of it, copies it, or sends it by UDP.
enum class Transport : std::uint8_t { kDrops, kCopies, kSends };

}  // namespace isolation

// path.cc is compiled twice, once as each.
namespace relay::bench {
std::unique_ptr<isolation::Path> MakePath(std::uint32_t viewers, isolation::Transport transport);
}
namespace unguarded_relay::bench {
std::unique_ptr<isolation::Path> MakePath(std::uint32_t viewers, isolation::Transport transport);
}

#endif  // FRAMEFENCE_TARGETS_RELAY_ISOLATION_PATH_H_
