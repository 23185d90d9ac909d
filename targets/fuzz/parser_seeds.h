// Where the parsers' fuzz targets start from: well-formed inputs of every shape that they know.
#ifndef FRAMEFENCE_TARGETS_FUZZ_PARSER_SEEDS_H_
#define FRAMEFENCE_TARGETS_FUZZ_PARSER_SEEDS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace fuzz {

struct ParserSeed {
  std::string file;  // "fuzz_rtp/padded"
  std::vector<std::byte> bytes;
};

std::vector<ParserSeed> ParserSeeds();

}  // namespace fuzz

#endif  // FRAMEFENCE_TARGETS_FUZZ_PARSER_SEEDS_H_
