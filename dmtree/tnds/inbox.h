// Objects added to ./Inbox, whose place the device chooses. [StdObj] "Inbox"; MO-061…065, TNDS-047, BOOT-046…048.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tree.h"

namespace omadm {

Uri inbox_uri();                            // ./Inbox
bool is_in_inbox(const Uri& uri) noexcept;  // ./Inbox or below: nothing can be read there (MO-062)

enum class InboxMode : std::uint8_t {
  session,    // an unknown object is not_found, a name that is taken already_exists; ./Inbox must grant Add
  bootstrap,  // unknown objects are left out, a name that is taken is changed
};

// One object of a document: a top Node with everything below it.
struct InboxObject {
  std::string name;      // canonical, as the document proposes; may be empty
  std::string mo_id;     // registered spelling
  TndsDocument content;  // relative to the object's root, which comes first
  // The value of a leaf below the root, nullptr: none.
  const std::string* value(std::string_view relative) const noexcept;
};

struct PlacedObject {
  Uri uri;
  std::string mo_id;
  bool updated = false;  // it was there before and got this content
};

// Asked for each object of a bootstrap: the one in the tree that it updates in place (BOOT-060).
using FindCounterpart = std::function<std::optional<Uri>(const InboxObject&)>;

// Stores every object of a document whose command had the target `target`, ./Inbox or a child of it.
// References from one object to another, written as ./Inbox/…, become their final URIs (BOOT-047).
// After an error drop the transaction.
Result<std::vector<PlacedObject>> place_inbox_objects(Transaction& transaction, const TndsDocument& document,
                                                      InboxMode mode, const Uri& target = inbox_uri(),
                                                      const FindCounterpart& counterpart = {});

// The same for who needs the place of the first object alone; not_found when none was placed.
Result<Uri> add_to_inbox(Transaction& transaction, const TndsDocument& document, InboxMode mode,
                         const Uri& target = inbox_uri());

}  // namespace omadm
