// Viewer sessions on tokens that were issued before: what became of the rights meanwhile counts.
//
// Seen to fail: without Take() for tokens, the withdrawals; with the session's own number for the
// promise's, ALaterBind...; with the life of a token counted from its use, AToken'sTime...; with a
// forged token taken for the true one, AForgedToken....
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "harness/oracle/fixture_for_tests.h"

namespace framefence::oracle {
namespace {

using contract::AccessPath;
using contract::Operation;
using contract::Request;
using namespace testing;

struct TokenTest : ::testing::Test, World {
  void Issue(AccessPath path = AccessPath::kApp) {
    Request request = Opening(kCamera, path);
    request.operation = Operation::kIssueToken;
    Do(request);
  }
  void Present(bool forged = false, contract::Status status = contract::Status::kOk) {
    const Request asked =
        Ask({.operation = Operation::kPresentToken, .viewer = kViewer, .forged = forged});
    session = asked.number;
    Answer(asked, status);
  }
  // Presents it, and delivers the camera's next packet.
  std::uint64_t ViolationsOfUse(bool forged = false) {
    Present(forged);
    Deliver(Rtp(Publish(kCamera).unit));
    return oracle.statistics().violations;
  }
};

TEST_F(TokenTest, ASessionOnATokenReceivesWhatItPromised) {
  Issue();
  EXPECT_EQ(ViolationsOfUse(), 0U);
  EXPECT_EQ(ViolationsOfUse(), 0U) << "a second time";
  Deliver(Rtp(Publish(kSecondCamera).unit));
  EXPECT_EQ(oracle.statistics().violations, 1U);
}

TEST_F(TokenTest, ATokenThatWasNeverIssuedIsWorthNothing) { EXPECT_EQ(ViolationsOfUse(), 1U); }

TEST_F(TokenTest, ARefusedTokenIsWorthNothing) {
  Request request = Opening();
  request.operation = Operation::kIssueToken;
  Do(request, contract::Status::kRefused);
  EXPECT_EQ(ViolationsOfUse(), 1U);
}

TEST_F(TokenTest, AForgedTokenIsWorthNothing) {
  Issue();
  EXPECT_EQ(ViolationsOfUse(/*forged=*/true), 1U);
}

TEST_F(TokenTest, ATokenOfBeforeARevocationIsWorthNothing) {
  Issue();
  Do({.operation = Operation::kRevokeAccount, .account = kHome});
  EXPECT_EQ(ViolationsOfUse(), 1U);
}

TEST_F(TokenTest, ATokenOfAfterARevocationIsGood) {
  Do({.operation = Operation::kRevokeAccount, .account = kHome});
  Issue();
  EXPECT_EQ(ViolationsOfUse(), 0U);
}

TEST_F(TokenTest, ATokenOfBeforeANewBindingIsWorthNothing) {
  Issue();
  Bind(kHome, kCamera);
  EXPECT_GT(ViolationsOfUse(), 0U);
}

TEST_F(TokenTest, ALaterBindingGivesASessionOnAnOldTokenNoNewRight) {
  Issue();
  const Request bind = Ask({.operation = Operation::kBind, .account = kHome, .camera = kCamera});
  Present();
  Answer(bind);
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_GT(oracle.statistics().violations, 0U);
}

// Seen to fail: with the session's own request for the promise's.
TEST_F(TokenTest, ALaterLinkGivesASessionOnAnOldTokenNoRight) {
  Issue(AccessPath::kIntegration);
  const Request link =
      Ask({.operation = Operation::kLink, .account = kHome, .integration = kDisplay});
  Open(kSecondCamera);  // some promise that the link may concern
  Present();
  Answer(link);
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_GT(oracle.statistics().violations, 0U);
}

TEST_F(TokenTest, ATokenOfBeforeASuspensionIsWorthNothingAfterTheRestore) {
  Link();
  Issue(AccessPath::kIntegration);
  Do({.operation = Operation::kSuspend, .integration = kDisplay});
  Do({.operation = Operation::kRestore, .integration = kDisplay});
  EXPECT_EQ(ViolationsOfUse(), 1U);
}

TEST_F(TokenTest, AnAppTokenOutlivesASuspension) {
  Issue();
  Do({.operation = Operation::kSuspend, .integration = kDisplay});
  EXPECT_EQ(ViolationsOfUse(), 0U);
}

TEST_F(TokenTest, ATokensTimeRunsFromItsIssue) {
  Issue();
  now += std::chrono::seconds(300);
  EXPECT_EQ(ViolationsOfUse(), 0U);
  now += std::chrono::seconds(1);
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_EQ(oracle.statistics().violations, 1U);
}

TEST_F(TokenTest, AnUpgradeGivesNoRightAndTakesNone) {
  Issue();
  Do({.operation = Operation::kUpgrade});
  EXPECT_EQ(ViolationsOfUse(), 0U);
  Do({.operation = Operation::kRevokeAccount, .account = kHome});
  Do({.operation = Operation::kUpgrade});
  EXPECT_EQ(ViolationsOfUse(), 1U);
}

TEST_F(TokenTest, CloseEndsASessionAndNotItsToken) {
  Issue();
  Present();
  Do({.operation = Operation::kCloseViewer, .viewer = kViewer});
  EXPECT_EQ(ViolationsOfUse(), 0U);
}

// Seen to fail: with the promise's request for the session's own where a place is closed.
TEST_F(TokenTest, ASessionOnATokenThatComesWhileACloseIsUnderWayIsTheSystemsAffair) {
  Issue();
  const Request close = Ask({.operation = Operation::kCloseViewer, .viewer = kViewer});
  Present();
  Answer(close);
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_EQ(oracle.statistics().violations, 0U);
}

// The promise was made before. Seen to fail: with the session's own request for the promise's.
TEST_F(TokenTest, ASessionOnAnOldTokenThatComesWhileARevocationIsUnderWayEndsWithIt) {
  Issue();
  const Request revoke = Ask({.operation = Operation::kRevokeAccount, .account = kHome});
  Present();
  Answer(revoke);
  Deliver(Rtp(Publish(kCamera).unit));
  EXPECT_EQ(oracle.statistics().violations, 1U);
}

// Seen to fail: with a forged token, or a refused one, waiting for rights as an honest one does.
TEST_F(TokenTest, ABindUnderWayIsNoExcuseForATokenThatIsWorthNothing) {
  Request refused = Opening(kCamera);
  refused.operation = Operation::kIssueToken;
  const Request bind = Ask(
      {.operation = Operation::kBind, .account = kHome, .camera = CameraId(3), .name = NameId(3)});
  EXPECT_EQ(ViolationsOfUse(/*forged=*/true), 1U);
  Do(refused, contract::Status::kRefused);
  EXPECT_EQ(ViolationsOfUse(), 2U);
  Answer(bind);
  EXPECT_EQ(ViolationsOfUse(), 3U);
}

// Seen to fail: with any answer taken for the last request's.
TEST_F(TokenTest, AnAnswerToAnEarlierIssueSaysNothingOfTheLastOne) {
  Request issue = Opening(kCamera);
  issue.operation = Operation::kIssueToken;
  const Request earlier = Ask(issue);
  Issue();
  Answer(earlier, contract::Status::kRefused);
  EXPECT_EQ(ViolationsOfUse(), 0U);
}

TEST_F(TokenTest, TheLastTokenOfANumberCounts) {
  Issue();
  Request other = Opening(kSecondCamera);
  other.operation = Operation::kIssueToken;
  Do(other);
  EXPECT_EQ(ViolationsOfUse(), 1U);
}

}  // namespace
}  // namespace framefence::oracle
