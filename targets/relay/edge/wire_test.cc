#include "targets/relay/edge/wire.h"

#include <gtest/gtest.h>

#include <vector>

#include "targets/relay/octets_for_tests.h"

namespace relay::edge {
namespace {

using testing::Bytes;
using testing::Octets;

Bytes FrameOf(const Message& message) {
  Bytes frame(FrameBytesMax(100));
  frame.resize(WriteFrame(message, frame));
  return frame;
}

const Bytes kPicture = Octets({0, 0, 1, 0x65, 9});

std::vector<Message> OneOfEach() {
  OwnersRequest owners;
  owners.cameras.Add(Camera(5));
  owners.cameras.Add(Camera(6));
  OwnersReply found;
  found.lease = std::chrono::seconds(10);
  found.entries.Add({Camera(6), Outcome::kOk, Account(3), Name(1), Epoch(9), 0x8000000000000001});
  found.entries.Add({Camera(5), Outcome::kShed, {}, {}, {}, 0});
  Invalidation unlinked;
  unlinked.change = 77;
  unlinked.kind = Invalidation::Kind::kLink;
  unlinked.account = Account(3);
  unlinked.integration = Integration(2);
  const std::chrono::microseconds age(123456789);
  return {{7, StillRequest{Camera(5), Epoch(9)}},
          {7, StillReply{Outcome::kOk, Camera(5), Epoch(9), age, kPicture}},
          {8, StillReply{Outcome::kNoStill, Camera(5), Epoch(9), {}, {}}},
          {9, owners},
          {9, found},
          {0, unlinked},
          {0, Confirmation{77}}};
}

TEST(EdgeWireTest, EveryMessageReadsBackAsItWasWritten) {
  for (const Message& message : OneOfEach()) {
    const Bytes frame = FrameOf(message);
    ASSERT_GE(frame.size(), kFrameHeaderBytes);
    Message read;
    ASSERT_EQ(ParseFrame(frame, read), WireParse::kOk);
    EXPECT_EQ(read.id, message.id);
    EXPECT_EQ(read.body.index(), message.body.index());
    EXPECT_EQ(FrameOf(read), frame);
  }
}

TEST(EdgeWireTest, AnEntrySaysItselfWhichCameraItIsOf) {
  Message read;
  const Bytes frame = FrameOf(OneOfEach()[4]);
  ASSERT_EQ(ParseFrame(frame, read), WireParse::kOk);
  const auto& reply = std::get<OwnersReply>(read.body);
  ASSERT_EQ(reply.entries.size(), 2U);
  EXPECT_EQ(reply.entries[0].camera, Camera(6));
  EXPECT_EQ(reply.entries[0].owner, Account(3));
  EXPECT_EQ(reply.entries[0].binding_epoch, Epoch(9));
  EXPECT_EQ(reply.entries[1].camera, Camera(5));
  EXPECT_EQ(reply.entries[1].outcome, Outcome::kShed);
}

// Seen to fail: with at_end() left out of any body's Read(); with Take() not checking what is left.
TEST(EdgeWireTest, NoFrameIsReadThatIsShorterOrLongerThanItsMessage) {
  for (const Message& message : OneOfEach()) {
    const Bytes frame = FrameOf(message);
    // A picture is as long as its frame says.
    const bool ends_in_picture = message.body.index() == 1;
    const std::size_t whole = ends_in_picture ? kFrameHeaderBytes + kStillReplyBytes : frame.size();
    for (std::size_t size = kFrameHeaderBytes; size < whole; ++size) {
      Bytes cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
      cut[3] = static_cast<std::byte>(size - kLengthBytes);
      Message read;
      EXPECT_EQ(ParseFrame(cut, read), WireParse::kBadBody) << message.body.index() << " " << size;
    }
    if (ends_in_picture) continue;
    Bytes longer = frame;
    longer.push_back({});
    longer[3] = static_cast<std::byte>(longer.size() - kLengthBytes);
    Message read;
    EXPECT_EQ(ParseFrame(longer, read), WireParse::kBadBody);
  }
}

TEST(EdgeWireTest, WhatMeansNothingIsRefusedByItsReason) {
  const auto parse = [](const Bytes& frame) {
    Message read;
    return ParseFrame(frame, read);
  };
  const Bytes good = FrameOf({7, StillRequest{Camera(5), Epoch(9)}});
  Bytes bad = good;
  bad[4] = std::byte{2};
  EXPECT_EQ(parse(bad), WireParse::kBadVersion);
  bad = good;
  bad[5] = std::byte{7};
  EXPECT_EQ(parse(bad), WireParse::kBadType);
  bad[5] = std::byte{0};
  EXPECT_EQ(parse(bad), WireParse::kBadType);
  bad = good;
  bad[3] = std::byte{13};
  EXPECT_EQ(parse(bad), WireParse::kBadLength);
  EXPECT_EQ(parse(Bytes(9)), WireParse::kBadLength);
  EXPECT_EQ(parse(FrameOf({0, StillRequest{}})), WireParse::kBadId);
  EXPECT_EQ(parse(FrameOf({1, Confirmation{}})), WireParse::kBadId);
  EXPECT_EQ(parse(FrameOf({1, OwnersRequest{}})), WireParse::kBadBody);  // asks for nothing
  EXPECT_EQ(parse(FrameOf({1, StillReply{}})), WireParse::kBadBody);     // kOk without a picture
  bad = FrameOf({1, StillReply{Outcome::kNoStill, {}, {}, {}, {}}});
  bad[kFrameHeaderBytes] = static_cast<std::byte>(kOutcomeCount);
  EXPECT_EQ(parse(bad), WireParse::kBadBody);
  bad[kFrameHeaderBytes] = static_cast<std::byte>(Outcome::kNoStill);
  bad[kFrameHeaderBytes + 9] = std::byte{0x80};  // an age beyond what a duration holds
  EXPECT_EQ(parse(bad), WireParse::kBadBody);
}

// The count says more than there is, or than a batch may have.
TEST(EdgeWireTest, AHostileCountReadsNothingThatIsNotThere) {
  OwnersRequest request;
  request.cameras.Add(Camera(1));
  for (const unsigned count : {2U, 65U, 0xffU}) {
    Bytes frame = FrameOf({1, request});
    frame[kFrameHeaderBytes + 1] = static_cast<std::byte>(count);
    Message read;
    EXPECT_EQ(ParseFrame(frame, read), WireParse::kBadBody);
  }
}

// Seen to fail: with the count not compared, the 65th is silently nobody's.
TEST(EdgeWireTest, ABatchOfMoreThanThereMayBeIsRefusedWhole) {
  OwnersRequest request;
  while (request.cameras.Add(Camera(1))) continue;
  Bytes frame = FrameOf({1, request});
  Message read;
  ASSERT_EQ(ParseFrame(frame, read), WireParse::kOk);
  frame.resize(frame.size() + 4);
  frame[2] = static_cast<std::byte>((frame.size() - kLengthBytes) >> 8);
  frame[3] = static_cast<std::byte>(frame.size() - kLengthBytes);
  frame[kFrameHeaderBytes + 1] = std::byte{kOwnersPerBatch + 1};
  EXPECT_EQ(ParseFrame(frame, read), WireParse::kBadBody);
}

TEST(EdgeWireTest, AFrameThatDoesNotFitIsNotWritten) {
  for (const Message& message : OneOfEach()) {
    const std::size_t size = FrameOf(message).size();
    Bytes space(size);
    EXPECT_EQ(WriteFrame(message, space), size);
    for (std::size_t less = 0; less < size; ++less)
      EXPECT_EQ(WriteFrame(message, std::span(space).first(less)), 0U);
  }
}

TEST(EdgeWireTest, TheLongestFramesFitWhatTheyAreSaidToTake) {
  OwnersReply reply;
  while (reply.entries.Add({})) continue;
  Bytes space(FrameBytesMax(0));
  EXPECT_EQ(WriteFrame({1, reply}, space), space.size());
  const Bytes picture(5000, std::byte{1});
  space.resize(FrameBytesMax(picture.size()));
  EXPECT_EQ(WriteFrame({1, StillReply{Outcome::kOk, {}, {}, {}, picture}}, space), space.size());
}

// Seen to fail: with size_ not taken back to 0 after a frame; with the length read from the piece
// where a frame has begun before it.
TEST(EdgeWireTest, AStreamGivesTheSameFramesHoweverItIsCut) {
  Bytes stream;
  std::vector<Bytes> expected;
  for (const Message& message : OneOfEach()) {
    expected.push_back(FrameOf(message));
    stream.insert(stream.end(), expected.back().begin(), expected.back().end());
  }
  for (std::size_t piece_bytes = 1; piece_bytes <= stream.size(); ++piece_bytes) {
    FrameReader reader;
    reader.Reset(FrameBytesMax(kPicture.size()));
    std::vector<Bytes> frames;
    for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
      const auto piece = std::span<const std::byte>(stream).subspan(at).first(
          std::min(piece_bytes, stream.size() - at));
      EXPECT_EQ(reader.Push(piece,
                            [&](std::span<const std::byte> frame) {
                              frames.emplace_back(frame.begin(), frame.end());
                              return true;
                            }),
                WireParse::kOk);
    }
    EXPECT_EQ(frames, expected) << piece_bytes;
  }
}

TEST(EdgeWireTest, AHostileLengthLosesTheStreamAndNothingElse) {
  for (const auto& length : {Octets({0, 0, 0, 5}), Octets({0, 0, 0x10, 0}),
                             Octets({0xff, 0xff, 0xff, 0xff}), Octets({0, 0, 0, 0})}) {
    for (const std::size_t first : {std::size_t{1}, std::size_t{4}}) {
      FrameReader reader;
      reader.Reset(100);
      const auto never = [](std::span<const std::byte>) {
        ADD_FAILURE();
        return true;
      };
      Bytes stream = length;
      stream.resize(40);
      auto parsed = reader.Push(std::span<const std::byte>(stream).first(first), never);
      if (parsed == WireParse::kOk)
        parsed = reader.Push(std::span<const std::byte>(stream).subspan(first), never);
      EXPECT_EQ(parsed, WireParse::kBadLength);
    }
  }
}

}  // namespace
}  // namespace relay::edge
