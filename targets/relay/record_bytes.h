// Records as bytes: what their Fields() list, in turn, big-endian and without padding; a bool is one
// byte, 0 or 1.
#ifndef FRAMEFENCE_TARGETS_RELAY_RECORD_BYTES_H_
#define FRAMEFENCE_TARGETS_RELAY_RECORD_BYTES_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>

#include "targets/relay/big_endian.h"
#include "targets/relay/core/native_machine.h"

namespace relay {

// Writers and readers of one field each, in turn.
struct FieldWriter {
  std::byte* to;
  void operator()(bool field) { *to++ = field ? std::byte{1} : std::byte{0}; }
  template <std::unsigned_integral Number>
  void operator()(Number field) {
    WriteBigEndian(to, field);
    to += sizeof(Number);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum field) { (*this)(static_cast<std::underlying_type_t<Enum>>(field)); }
  template <class Tag, class Representation>
  void operator()(core::Word<Tag, Representation> field) {
    (*this)(field.value);
  }
  template <class Value, std::size_t size>
  void operator()(const std::array<Value, size>& fields) {
    for (const Value& field : fields) (*this)(field);
  }
};
struct FieldReader {
  const std::byte* from;
  void operator()(bool& field) { field = *from++ != std::byte{0}; }
  template <std::unsigned_integral Number>
  void operator()(Number& field) {
    field = ReadBigEndian<Number>(from);
    from += sizeof(Number);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum& field) {
    std::underlying_type_t<Enum> number{};
    (*this)(number);
    field = static_cast<Enum>(number);
  }
  template <class Tag, class Representation>
  void operator()(core::Word<Tag, Representation>& field) {
    (*this)(field.value);
  }
  template <class Value, std::size_t size>
  void operator()(std::array<Value, size>& fields) {
    for (Value& field : fields) (*this)(field);
  }
};

template <class... Fields>
constexpr std::size_t BytesOf(std::type_identity<std::tuple<Fields&...>>) {
  return (sizeof(Fields) + ... + std::size_t{0});
}
// What a record takes: each of its fields is as large as it is in memory.
template <class Record>
inline constexpr std::size_t kRecordBytes =
    BytesOf(std::type_identity<decltype(std::declval<Record&>().Fields())>());

// REQUIRES: there is room for kRecordBytes<Record>. The record is copied, for Fields() lists
// references.
template <class Record>
void WriteRecord(std::byte* to, Record record) {
  FieldWriter write{to};
  std::apply([&write](auto&... fields) { (write(fields), ...); }, record.Fields());
}
// REQUIRES: kRecordBytes<Record> bytes are there. An enum may come out as no enumerator.
template <class Record>
Record ReadRecord(const std::byte* from) {
  Record record;
  FieldReader read{from};
  std::apply([&read](auto&... fields) { (read(fields), ...); }, record.Fields());
  return record;
}

}  // namespace relay

#endif  // FRAMEFENCE_TARGETS_RELAY_RECORD_BYTES_H_
