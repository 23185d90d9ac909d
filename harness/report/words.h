// The words that all reports share, so that a terminal, a page and a CI server say the same thing.
#ifndef FRAMEFENCE_HARNESS_REPORT_WORDS_H_
#define FRAMEFENCE_HARNESS_REPORT_WORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/report/campaign.h"

namespace framefence::report {

extern const std::string_view kVersion;  // "0.1.0", as CMakeLists.txt has it

inline constexpr int kPropertyCount = 10;
// ISO-001 to ISO-010 by their number from 1. REQUIRES: 1 <= number <= kPropertyCount.
oracle::Property PropertyAt(int number);
// What must hold, as one sentence.
std::string_view Statement(oracle::Property property);

// "1 finding, 2 conditions refuted"; empty if nothing speaks against the property.
std::string ObjectionsText(const Campaign& campaign, oracle::Property property);

// A text's first line, without its newline.
std::string_view FirstLine(std::string_view text);

// A campaign's verdict in a few words: "Isolation violated".
std::string_view Headline(sim::Verdict verdict);
// Why it is that verdict: "2 findings; the proof refutes 1 condition".
std::string Reason(const Campaign& campaign);

// "2 clips (1a2b3c4d)", by which two runs can be seen to have had the same; "none".
std::string Footage(const Campaign& campaign);

// A finding in a few words: "cross-account (ISO-001) in a still".
std::string Title(const Finding& finding);
std::string Title(const sim::Signature& signature);
// One sentence: its first violation, or what its verdict means.
std::string Sentence(const Finding& finding);

// Where two runs parted, with both sides: lines, each ended.
std::string PartingText(const oracle::Parting& parting);
// What else the same case shows, by kind: "3 more violations: 2 spliced (ISO-006) in a packet,
// ..."; empty if nothing.
std::string AlsoShown(const Finding& finding);

// "12 steps, from 143; no step can be taken away"
std::string Minimization(const Finding& finding);

std::string Count(std::uint64_t number);                         // "1,204,331"
std::string Count(std::uint64_t number, std::string_view noun);  // "1 case", "1,204 cases"
std::string Rate(std::uint64_t count, double seconds);  // a second: "40,144"; "-" in no time
std::string CasesOf(const EngineRun& run);              // "-" of a proof, which counts conditions
std::string RateOf(const EngineRun& run);               // its cases a second
std::string Cvc5Text(const EngineRun& run);             // "cvc5: 9 asked, 9 agree"; or empty
std::string Hash(std::uint64_t hash);                   // 16 hexadecimal digits

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_WORDS_H_
