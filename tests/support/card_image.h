// The files of a smart card with a bootstrap document, for virtual cards.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/text.h"
#include "tests/support/temporary_directory.h"

namespace omadm::test {

class CardImage {
 public:
  // `df`: the folder of the PKCS#15 application, "" for the master file itself.
  explicit CardImage(std::string df = "7F50") : df_(std::move(df)) {
    std::filesystem::create_directories(directory_.path() + "/" + df_);
    put("2FE2", hex("98101430121181157002"));
    put(in_df("5031"), hex("A706300404026430") + std::string(8, '\xFF'));
  }

  static Octets hex(std::string_view digits) { return hex_decode(digits).value_or(""); }

  // Opaque data object of [P15]; `common` goes behind the label.
  static Octets opaque_entry(std::string_view id, std::string_view common = "") {
    const Octets attributes = hex("0C0C444D20426F6F747374726170") + hex(common);
    const Octets rest = hex("30060604672B0701A10630040402") + hex(id);
    return sequence('\x30', sequence('\x30', attributes) + rest);
  }
  static Octets oid_entry(std::string_view id) {
    return sequence('\xA1', hex("3000300E0C0C444D20426F6F747374726170A10E300C0604672B070130040402") + hex(id));
  }
  static Octets sequence(char tag, const Octets& content) {
    return Octets(1, tag) + Octets(1, static_cast<char>(content.size())) + content;
  }

  void dodf(const Octets& content) const { put(in_df("6430"), content); }
  void document(std::string_view id, const Octets& content) const { put(in_df(std::string(id)), content); }
  // The digits of the ICCID in pairs, swapped.
  void iccid(std::string_view swapped) const { put("2FE2", hex(swapped)); }
  void remove(const std::string& name) const { std::filesystem::remove(directory_.path() + "/" + name); }
  void put(const std::string& name, const Octets& content) const {
    std::ofstream(directory_.path() + "/" + name, std::ios::binary) << content;
  }
  std::string in_df(const std::string& name) const { return df_.empty() ? name : df_ + "/" + name; }
  std::string path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
  std::string df_;
};

}  // namespace omadm::test
