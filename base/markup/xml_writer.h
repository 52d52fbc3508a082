// XML text, UTF-8, no declaration, no white space of its own.
#pragma once

#include <memory>

#include "base/markup/markup.h"

namespace omadm {

struct XmlWriterOptions {
  bool pretty = false;  // line breaks and two-space indents between elements: for people, not for the wire
};

// Declares a namespace on each element whose parent is of another code page (`xmlns="syncml:metinf"`).
std::unique_ptr<MarkupWriter> make_xml_writer(const XmlWriterOptions& options = {});

}  // namespace omadm
