// Runs a fuzz target over its seeds where there is no fuzzing engine: each seed as it is, cut off at every length, and
// with every single octet changed in a few ways. Usage: fuzz_<target> FOLDER|FILE…
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_input.h"

namespace {

std::size_t runs = 0;
const std::string* current = nullptr;

// A finding that ends the process leaves its input behind in hexadecimal, for xxd -r -p.
void tell_input(int) {
  std::fputs("input: ", stderr);
  for (const char octet : *current)
    std::fprintf(stderr, "%02x", static_cast<unsigned>(static_cast<unsigned char>(octet)));
  std::fputs("\n", stderr);
}

void run(const std::string& input) {
  current = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  ++runs;
}

void run_variations(const std::string& seed) {
  run(seed);
  // A long seed is varied at some hundred places, a short one everywhere.
  const std::size_t step = seed.size() / 400 + 1;
  for (std::size_t length = 0; length < seed.size(); length += step) run(seed.substr(0, length));
  for (std::size_t at = 0; at < seed.size(); at += step) {
    for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
      std::string input = seed;
      input[at] = static_cast<char>(static_cast<unsigned char>(input[at]) ^ change);
      run(input);
    }
  }
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, tell_input);
  std::size_t seeds = 0;
  for (int index = 1; index < argc; ++index) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(argv[index])) {
      for (const auto& entry : std::filesystem::directory_iterator(argv[index])) files.push_back(entry.path());
    } else {
      files.emplace_back(argv[index]);
    }
    for (const auto& file : files) run_variations(contents(file));
    seeds += files.size();
  }
  std::printf("%zu seeds, %zu inputs\n", seeds, runs);
  return seeds > 0 ? 0 : 1;
}
