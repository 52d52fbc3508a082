// Test vectors as text: "[Name]" begins one, then lines "key = value"; '#' begins a comment line.
// A key that ends in ".hex" holds octets in hexadecimal and is found under its name without the ending.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/source_folder.h"

namespace omadm::test {

struct Vector {
  std::string name;
  std::map<std::string, std::string> values;

  bool has(const std::string& key) const { return values.count(key) != 0; }
  const std::string& operator[](const std::string& key) const {
    const auto found = values.find(key);
    if (found != values.end()) return found->second;
    ADD_FAILURE() << "vector " << name << " has no " << key;
    static const std::string kNothing;
    return kNothing;
  }
};

// `path` below tests/vectors.
inline std::vector<Vector> read_vectors(const std::string& path) {
  std::vector<Vector> out;
  std::ifstream file(source_folder() + "/tests/vectors/" + path);
  EXPECT_TRUE(file.is_open()) << path;
  for (std::string line; std::getline(file, line);) {
    const std::string_view text = trim(line);
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == '[' && text.back() == ']') {
      out.push_back(Vector{std::string(text.substr(1, text.size() - 2)), {}});
      continue;
    }
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || out.empty()) {
      ADD_FAILURE() << path << ": what is this: " << line;
      continue;
    }
    std::string key(trim(text.substr(0, equals)));
    std::string value(trim(text.substr(equals + 1)));
    if (key.size() > 4 && key.ends_with(".hex")) {
      key.resize(key.size() - 4);
      Result<Octets> octets = hex_decode(value);
      EXPECT_TRUE(octets) << path << ": " << out.back().name << ": " << key;
      value = octets ? std::move(octets).value() : Octets();
    }
    out.back().values[key] = value;
  }
  EXPECT_FALSE(out.empty()) << path;
  return out;
}

}  // namespace omadm::test
