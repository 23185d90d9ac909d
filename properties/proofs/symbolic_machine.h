// The machine of the proof: words are Z3 terms of the width that ships, tables are functions of any
// number of keys.
//
// A condition that the code decides on (if, &&, ||, ?:) asks the path explorer. What a
// specification writes with And, Or, Implies and Same becomes one formula.
#ifndef FRAMEFENCE_PROPERTIES_PROOFS_SYMBOLIC_MACHINE_H_
#define FRAMEFENCE_PROPERTIES_PROOFS_SYMBOLIC_MACHINE_H_

#include <z3++.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/base/check.h"
#include "properties/invariants/logic.h"
#include "properties/proofs/path_explorer.h"

namespace framefence::proofs {

class SymbolicBool {
 public:
  SymbolicBool() : SymbolicBool(false) {}
  explicit SymbolicBool(bool value) : term_(Context().bool_val(value)) {}
  explicit SymbolicBool(const z3::expr& term) : term_(term) {}

  static z3::sort Sort() { return Context().bool_sort(); }
  const z3::expr& term() const { return term_; }

  // REQUIRES: a path explorer is running, unless the term simplifies to a constant.
  explicit operator bool() const;
  SymbolicBool operator!() const { return SymbolicBool(!term_); }

  friend SymbolicBool And(const SymbolicBool& a, const SymbolicBool& b) {
    return SymbolicBool(a.term_ && b.term_);
  }
  friend SymbolicBool Or(const SymbolicBool& a, const SymbolicBool& b) {
    return SymbolicBool(a.term_ || b.term_);
  }
  friend SymbolicBool Implies(const SymbolicBool& a, const SymbolicBool& b) {
    return SymbolicBool(z3::implies(a.term_, b.term_));
  }
  friend SymbolicBool Same(const SymbolicBool& a, const SymbolicBool& b) {
    return SymbolicBool(a.term_ == b.term_);
  }

 private:
  z3::expr term_;
};

// A word of kBits bits, or with kBits = 0 an integer without bound.
template <class Tag, unsigned kBits>
class SymbolicWord {
 public:
  static constexpr unsigned kWidth = kBits;

  SymbolicWord() : term_(Number(0)) {}
  explicit SymbolicWord(const z3::expr& term) : term_(term) {}

  static z3::sort Sort() {
    if constexpr (kBits == 0)
      return Context().int_sort();
    else
      return Context().bv_sort(kBits);
  }
  const z3::expr& term() const { return term_; }

  friend SymbolicBool operator==(const SymbolicWord& a, const SymbolicWord& b) {
    return SymbolicBool(a.term_ == b.term_);
  }
  friend SymbolicBool operator!=(const SymbolicWord& a, const SymbolicWord& b) {
    return SymbolicBool(a.term_ != b.term_);
  }
  friend SymbolicBool operator<(const SymbolicWord& a, const SymbolicWord& b) {
    if constexpr (kBits == 0)
      return SymbolicBool(a.term_ < b.term_);
    else
      return SymbolicBool(z3::ult(a.term_, b.term_));
  }
  friend SymbolicBool operator<=(const SymbolicWord& a, const SymbolicWord& b) {
    if constexpr (kBits == 0)
      return SymbolicBool(a.term_ <= b.term_);
    else
      return SymbolicBool(z3::ule(a.term_, b.term_));
  }
  SymbolicBool IsLast() const requires(kBits > 0) { return SymbolicBool(term_ == ~Number(0)); }
  SymbolicWord Next() const { return SymbolicWord(term_ + Number(1)); }
  SymbolicWord Since(const SymbolicWord& earlier) const requires(kBits > 0) {
    return SymbolicWord(term_ - earlier.term_);
  }

 private:
  static z3::expr Number(int value) {
    if constexpr (kBits == 0)
      return Context().int_val(value);
    else
      return Context().bv_val(value, kBits);
  }
  z3::expr term_;
};

struct SymbolicMachine {
  using Bool = SymbolicBool;
  // Widths as in the machine that ships (targets/relay/core/native_machine.h); a test compares
  // them.
  using Account = SymbolicWord<struct AccountTag, 32>;
  using Camera = SymbolicWord<struct CameraTag, 32>;
  using Name = SymbolicWord<struct NameTag, 32>;
  using Integration = SymbolicWord<struct IntegrationTag, 32>;
  using Viewer = SymbolicWord<struct ViewerTag, 32>;
  using Port = SymbolicWord<struct PortTag, 32>;
  using Slot = SymbolicWord<struct SlotTag, 32>;
  using Epoch = SymbolicWord<struct EpochTag, 32>;
  using Generation = SymbolicWord<struct GenerationTag, 32>;
  using Ticket = SymbolicWord<struct TicketTag, 64>;
  using Time = SymbolicWord<struct TimeTag, 64>;
  using Length = SymbolicWord<struct LengthTag, 32>;
  using Source = SymbolicWord<struct SourceTag, 64>;
  using Ssrc = SymbolicWord<struct SsrcTag, 32>;
  using Count = SymbolicWord<struct CountTag, 0>;

  template <class Record, class... Keys>
  class Table;
};

// A table is the functions that give its fields at first, one a field, and the records written
// since.
template <class Record, class... Keys>
class SymbolicMachine::Table {
 public:
  using Key = std::tuple<Keys...>;

  // Every record is new.
  Table() : touched_(std::make_shared<std::vector<Key>>()) {}

  // Any records: each field is a function of that name. `fields` names a record's fields, in the
  // order of Fields().
  Table(const std::string& name, const std::vector<std::string>& fields) : Table() {
    Record record;
    const auto declare = [&](const auto& field) {
      const std::vector<z3::sort> domain = {Keys::Sort()...};
      columns_.push_back(Context().function((name + "." + fields.at(columns_.size())).c_str(),
                                            static_cast<unsigned>(domain.size()), domain.data(),
                                            field.term().get_sort()));
    };
    std::apply([&](const auto&... field) { (declare(field), ...); }, record.Fields());
    FRAMEFENCE_CHECK(fields.size() == columns_.size());
  }

  // From now on keys are known only below these sizes, and to touch any other is an error of the
  // code. Without, a table has a record for each key that there is.
  void Limit(const Keys&... sizes) { sizes_ = Key(sizes...); }

  SymbolicBool Has(const Keys&... keys) const {
    if (!sizes_) return SymbolicBool(true);
    return std::apply([&](const Keys&... sizes) { return All((keys < sizes)...); }, *sizes_);
  }
  Record Read(const Keys&... keys) const {
    Touch(keys...);
    Record record = First(keys...);
    for (const auto& [key, written] : writes_) {
      const z3::expr same = SameKey(key, Key(keys...)).simplify();
      if (same.is_true())
        record = written;
      else if (!same.is_false())
        Choose(same, written, record);
    }
    return record;
  }
  void Write(const Keys&... keys, const Record& record) {
    Touch(keys...);
    writes_.emplace_back(Key(keys...), record);
  }

  // The keys that were read or written here, in any copy of this table: where a fact about all keys
  // may be of use.
  const std::vector<Key>& touched() const { return *touched_; }

 private:
  Record First(const Keys&... keys) const {
    Record record;
    if (columns_.empty()) return record;
    std::size_t index = 0;
    std::apply([&](auto&... field) { (Set(field, columns_[index++](keys.term()...)), ...); },
               record.Fields());
    return record;
  }
  // `record` becomes `written` where `condition` holds.
  static void Choose(const z3::expr& condition, Record written, Record& record) {
    const auto choose = [&]<std::size_t... i>(std::index_sequence<i...>, auto from, auto to) {
      (Set(std::get<i>(to), z3::ite(condition, std::get<i>(from).term(), std::get<i>(to).term())),
       ...);
    };
    const auto to = record.Fields();
    choose(std::make_index_sequence<std::tuple_size_v<decltype(record.Fields())>>(),
           written.Fields(), to);
  }
  template <class Word>
  static void Set(Word& field, const z3::expr& term) {
    field = Word(term);
  }

  static z3::expr SameKey(const Key& a, const Key& b) {
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
      return All((std::get<i>(a) == std::get<i>(b))...).term();
    }
    (std::index_sequence_for<Keys...>());
  }
  void Touch(const Keys&... keys) const {
    PathExplorer* const explorer = PathExplorer::Current();
    if (explorer != nullptr && sizes_) explorer->Demand(Has(keys...).term());
    for (const Key& known : *touched_) {
      if (SameKey(known, Key(keys...)).simplify().is_true()) return;
    }
    touched_->push_back(Key(keys...));
  }

  std::vector<z3::func_decl> columns_;  // empty: every record is new at first
  std::vector<std::pair<Key, Record>> writes_;
  std::optional<Key> sizes_;
  std::shared_ptr<std::vector<Key>> touched_;
};

}  // namespace framefence::proofs

#endif  // FRAMEFENCE_PROPERTIES_PROOFS_SYMBOLIC_MACHINE_H_
