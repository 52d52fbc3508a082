#include "transport/dns/srv_records.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace omadm {
namespace {

constexpr std::size_t kRecords = 64;  // that are looked at
constexpr std::size_t kMaxMessage = 65535;

bool is_host_name(std::string_view name) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
  return !name.empty() && name.front() != '.' && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

// A DNS message from its beginning on; libc undoes the compression of names.
class DnsReader {
 public:
  explicit DnsReader(Bytes message) : message_(message), reader_(message) {}

  Result<std::uint16_t> u16() { return reader_.u16be(); }
  std::size_t position() const { return reader_.position(); }
  Result<void> skip(std::size_t octets) {
    DM_TRY(reader_.take(octets));
    return {};
  }
  // "" is the root.
  Result<std::string> name() {
    const auto* const begin = reinterpret_cast<const unsigned char*>(message_.data());
    char text[NS_MAXDNAME];
    const int size = dn_expand(begin, begin + message_.size(), begin + reader_.position(), text, sizeof text);
    if (size <= 0) return Error{Errc::malformed, "DNS: a name is malformed"};
    DM_TRY(skip(static_cast<std::size_t>(size)));
    return std::string(text);
  }

 private:
  Bytes message_;
  ByteReader reader_;
};

struct Counts {
  std::uint16_t questions = 0, answers = 0;
};

Result<Counts> read_header(DnsReader& reader) {
  constexpr std::size_t kIdAndFlags = 4;
  constexpr std::size_t kOtherCounts = 4;
  DM_TRY(reader.skip(kIdAndFlags));
  Counts counts;
  counts.questions = DM_TRY(reader.u16());
  counts.answers = DM_TRY(reader.u16());
  DM_TRY(reader.skip(kOtherCounts));
  return counts;
}

// Adds the record that comes next, if it is one to be used.
Result<void> read_record(DnsReader& reader, std::vector<SrvRecord>& records) {
  DM_TRY(reader.name());
  const std::uint16_t type = DM_TRY(reader.u16());
  const std::uint16_t kind = DM_TRY(reader.u16());
  DM_TRY(reader.skip(sizeof(std::uint32_t)));  // its time to live: it is used at once
  const std::uint16_t length = DM_TRY(reader.u16());
  if (type != ns_t_srv || kind != ns_c_in) return reader.skip(length);
  const std::size_t end = reader.position() + length;
  SrvRecord record;
  record.priority = DM_TRY(reader.u16());
  record.weight = DM_TRY(reader.u16());
  record.place.port = DM_TRY(reader.u16());
  record.place.host = DM_TRY(reader.name());
  if (reader.position() != end) return Error{Errc::malformed, "DNS: a record is malformed"};
  if (is_host_name(record.place.host) && record.place.port != 0) records.push_back(std::move(record));
  return {};
}

}  // namespace

Result<std::vector<SrvRecord>> read_srv_records(Bytes message) {
  if (message.size() > kMaxMessage) return Error{Errc::too_large, "DNS: the answer is too long"};
  DnsReader reader(message);
  const Counts counts = DM_TRY(read_header(reader));
  for (std::size_t i = 0; i < counts.questions; ++i) {
    DM_TRY(reader.name());
    DM_TRY(reader.skip(2 * sizeof(std::uint16_t)));  // type and class
  }
  std::vector<SrvRecord> records;
  for (std::size_t i = 0; i < std::min<std::size_t>(counts.answers, kRecords); ++i) {
    DM_TRY(read_record(reader, records));
  }
  if (records.empty()) return Error{Errc::not_found, "DNS: there is no such service"};
  return records;
}

std::vector<ServicePlace> order_places(std::vector<SrvRecord> records, const Draw& draw) {
  // Of one priority those without weight stand first, so that a draw of 0 alone takes them.
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return std::pair(a.priority, a.weight != 0) < std::pair(b.priority, b.weight != 0);
  });
  std::vector<ServicePlace> order;
  while (!records.empty()) {
    const auto end = std::find_if(records.begin(), records.end(),
                                  [&](const SrvRecord& r) { return r.priority != records.front().priority; });
    std::uint32_t sum = 0;
    for (auto record = records.begin(); record != end; ++record) sum += record->weight;
    const std::uint32_t drawn = draw(sum);
    std::uint32_t running = 0;
    const auto chosen = std::find_if(records.begin(), end, [&](const SrvRecord& record) {
      running += record.weight;
      return running >= drawn;
    });
    const auto taken = chosen == end ? records.begin() : chosen;
    order.push_back(std::move(taken->place));
    records.erase(taken);
  }
  return order;
}

}  // namespace omadm
