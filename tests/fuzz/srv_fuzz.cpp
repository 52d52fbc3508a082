// DNS answers: every place named can be written as host:port, and all of them are asked in some order.
#include "transport/dns/srv_records.h"

#include <algorithm>

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const auto records = read_srv_records(fuzz::octets(data, size));
  if (!records) return 0;
  fuzz::require(!records->empty(), "a service that is there has a place");
  for (const SrvRecord& record : *records) {
    const std::string& host = record.place.host;
    fuzz::require(!host.empty() && host.find_first_of(":/@[] \r\n") == std::string::npos, "a host is a name");
    fuzz::require(record.place.port != 0, "and has a port");
  }
  const std::size_t first = size % 7;
  const auto order = order_places(*records, [first](std::uint32_t most) {
    return std::min<std::uint32_t>(most, static_cast<std::uint32_t>(first) * 9000);
  });
  fuzz::require(order.size() == records->size(), "none is asked twice, none left out");
  return 0;
}
