// Reads a document to its end and checks what every markup reader promises.
#pragma once

#include <memory>
#include <variant>

#include "base/markup/markup.h"
#include "tests/fuzz/fuzz_input.h"

namespace omadm::fuzz {

template <typename MakeReader>
void drain(MakeReader make_reader) {
  Limits limits;
  limits.max_octets = 1U << 16U;
  limits.max_depth = 16;
  limits.max_elements = 4096;
  const std::unique_ptr<MarkupReader> reader = make_reader(limits);
  std::size_t depth = 0;
  std::size_t elements = 0;
  while (true) {
    const auto event = reader->next();
    if (!event) {
      require(!reader->next(), "an error is final");
      return;
    }
    if (std::holds_alternative<Start>(*event)) {
      require(++depth <= limits.max_depth, "no element is deeper than the limit");
      require(++elements <= limits.max_elements, "no more elements than the limit");
    } else if (std::holds_alternative<End>(*event)) {
      require(depth-- > 0, "an end has its start");
    } else if (std::holds_alternative<Done>(*event)) {
      require(depth == 0 && elements > 0, "a document is one whole element");
      return;
    }
  }
}

}  // namespace omadm::fuzz
