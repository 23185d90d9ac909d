// A campaign for programs: report.json, and verdict.json in each finding's folder.
//
// Format 1. Keys keep this order; a later version of the same format may add keys, never change or
// remove one. 64-bit numbers that JSON readers may round are strings: `seed` in decimal, hashes as
// 16 hexadecimal digits. Ids are the harness's own, from 0. `null` is "none".
//
//   report.json
//     format             1
//     verdict            "pass" | "violation" | "liveness" | "crash" | "inconclusive"
//     reason             one line, for a person
//     target, version, command_line
//     leaks              planted, by id; empty for the clean build
//     seed, jobs, seconds (that it took), interrupted
//     trace              {hash, cases}: equal seeds give equal hashes; null when none was taken
//     footage            {clips, hash}: what was loaded; a trace hash is over this; null for none
//     properties_judged  ["ISO-001", ...]
//     engines            [{name, ran, failed, status, seconds, cases, steps, violating_cases,
//                          two_runs, findings, proof, notes: [line], nondeterministic_cases, marks}]
//                        `proof` is null where there is none, else {proved, refuted, unknown,
//                          conditions: [{name, result, milliseconds, counterexample,
//                                        property: "ISO-001" | null, cvc5: result | null}],
//                          cvc5: {asked, agree} | null}
//                        `marks`: by situation ("list marks"), the cases that met it | null
//     findings           [what verdict.json holds, without its format]
//
//   verdict.json
//     format             1
//     id                 the folder's name
//     verdict            as above
//     sentence           what leaked to whom
//     engine, seconds, executions            which engine found it, when, after how many cases
//     found              {steps}
//     minimized          {steps, is_minimal, carried_over, executions, trace_hash, text}: `text` is the case
//     reproduce          a line to paste
//     picture            {file, caption} | null
//     violations         [{class, property, observation, at_us, viewer, account,
//                          entitled: {camera, epoch} | null,
//                          origin: {camera, epoch, frame, owner} | null,
//                          offset, length, whole_frame, sentence}]
#ifndef FRAMEFENCE_HARNESS_REPORT_JSON_H_
#define FRAMEFENCE_HARNESS_REPORT_JSON_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/report/campaign.h"

namespace framefence::report {

// Indented UTF-8 with a newline at its end; bytes that are not UTF-8 become U+FFFD.
std::string ReportJson(const Campaign& campaign);
std::string VerdictJson(const Finding& finding);

// The ids of the findings in a report.json; none if the text is no such report.
std::vector<std::string> FindingIds(std::string_view report_json);

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_JSON_H_
