// What the targets for serialised subtrees share: a device, and what must hold for a document that was read.
#pragma once

#include <algorithm>

#include "base/text.h"
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tree.h"
#include "tests/fuzz/empty_device.h"
#include "tests/fuzz/fuzz_input.h"

namespace omadm::fuzz {

// A device that knows where accounts live, and has a node ./Target to put things in or not.
class TndsDevice : public EmptyDevice {
 public:
  TndsDevice() {
    tree().set_uri_limits({32, 1024, 255});  // those of a client: what is deeper than a reader goes cannot be exchanged
  }

  // What is in the tree can be exported in either encoding, and the export makes the same subtree again.
  void check_round_trip(const Transaction& transaction, const Uri& uri) const {
    TndsSelection selection;
    selection.tstamp = selection.verno = false;  // the device's own
    for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
      const auto written = write_tnds(transaction, uri, encoding, selection);
      if (!written) continue;  // a value XML cannot carry
      const auto read = read_tnds(*written, Limits{});
      require(read.has_value(), "an export can be read");
      auto again = tree().begin(Principal::device());
      require(add_tnds(again, uri.parent(), *read).has_value(), "an export can be imported");
      const auto rewritten = write_tnds(again, uri, encoding, selection);
      require(rewritten.has_value(), "and exported again");
      // A value that XML has no way to say is left out, and is empty in what is made of that.
      const bool whole = encoding == Encoding::wbxml || has_words_alone(transaction, uri);
      require(!whole || *rewritten == *written, "an import is what was exported");
    }
  }

  void check_document(const TndsDocument& document) {
    const auto target = Uri::parse("./Target");
    auto transaction = tree().begin(Principal::device());
    if (add_tnds(transaction, *target, document)) {
      check_round_trip(transaction, *target);
      if (transaction.exists(*target) && replace_tnds(transaction, *target, document)) {
        check_round_trip(transaction, *target);
      }
    }
    check_as_server(document, *target);
    auto boot = tree().begin(Principal::device());
    const auto placed = place_inbox_objects(boot, document, InboxMode::bootstrap);
    if (!placed) return;
    for (const PlacedObject& object : *placed) {
      require(boot.exists(object.uri) && !is_in_inbox(object.uri), "an object is where it is said to be");
    }
  }

 private:
  static bool has_words_alone(const Transaction& transaction, const Uri& uri) {
    const auto nodes = transaction.list(uri);
    return nodes && std::all_of(nodes->begin(), nodes->end(),
                                [](const Node& node) { return node.format == Format::bin || is_xml_text(node.data); });
  }

  // A server without rights on the root but Add gets no further than its own nodes.
  void check_as_server(const TndsDocument& document, const Uri& target) {
    auto transaction = tree().begin(Principal::server("fuzz"));
    if (!add_tnds(transaction, target, document)) return;
    require(std::move(transaction).commit().has_value(), "what was applied can be committed");
    const auto nodes = tree().begin(Principal::device()).list(Uri());
    for (const Node& node : *nodes) {
      const bool old = node.uri.is_root() || target.is_within(node.uri);
      require(old || node.uri.is_within(target), "nothing is created elsewhere");
    }
    auto cleaning = tree().begin(Principal::device());
    if (cleaning.exists(target)) {
      require(cleaning.remove(target).has_value() && std::move(cleaning).commit().has_value(), "and can go again");
    }
  }
};

}  // namespace omadm::fuzz
