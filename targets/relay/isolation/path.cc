#include "targets/relay/isolation/path.h"

#include "targets/relay/bench_deployment.h"

namespace relay::bench {
namespace {

class DeploymentPath final : public isolation::Path {
 public:
  DeploymentPath(std::uint32_t viewers, Sink sink) : deployment_(viewers) {
    deployment_.SendTo(sink);
  }
  bool ok() const override { return deployment_.ok(); }
  void Send() override { deployment_.Send(); }

 private:
  Deployment deployment_;
};

}  // namespace

std::unique_ptr<isolation::Path> MakePath(std::uint32_t viewers, isolation::Transport transport) {
  const Sink sink = transport == isolation::Transport::kDrops    ? Sink::kDrop
                    : transport == isolation::Transport::kCopies ? Sink::kCopy
                                                                 : Sink::kSend;
  return std::make_unique<DeploymentPath>(viewers, sink);
}

}  // namespace relay::bench
