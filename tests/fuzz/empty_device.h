// An empty device with a place for accounts, for targets that put one into it.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/memory_store.h"
#include "dmtree/tree.h"
#include "tests/fuzz/fuzz_input.h"

namespace omadm::fuzz {

inline constexpr std::string_view kAccountDescription =
    "<MgmtTree><VerDTD>1.2</VerDTD><Node><NodeName>DMAcc</NodeName><DFProperties><AccessType><Add/>"
    "<Get/></AccessType><DFFormat><node/></DFFormat><DFType><DDFName/></DFType></DFProperties>"
    "<Node><NodeName/><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>"
    "<Occurrence><ZeroOrMore/></Occurrence><DFType><DDFName>urn:oma:mo:oma-dm-dmacc:1.0</DDFName>"
    "</DFType></DFProperties></Node></Node></MgmtTree>";

class EmptyDevice {
 public:
  EmptyDevice() {
    require(ddf_.add(kAccountDescription, "fuzz").has_value(), "the description is good");
    auto opened = Tree::open(store_, ddf_, clock_);
    require(opened.has_value(), "an empty tree opens");
    tree_ = std::move(opened).value();
  }
  Tree& tree() const { return *tree_; }

 private:
  SystemClock clock_;
  Ddf ddf_;
  MemoryStore store_;
  std::unique_ptr<Tree> tree_;
};

}  // namespace omadm::fuzz
