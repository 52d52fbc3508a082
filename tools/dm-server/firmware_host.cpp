#include "tools/dm-server/firmware_host.h"

#include <fmt/format.h>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "tools/dm-server/faults.h"
#include "tools/dm-server/toml_keys.h"

namespace omadm::server {
namespace {

std::string range_of(const httplib::Request& request) {
  if (!request.has_header("Range")) return "all";
  return request.get_header_value("Range");
}

// If-Range with another ETag: the package has changed, all of it is sent.
bool wants_range(const httplib::Request& request, const FirmwareScript& script) {
  if (request.ranges.empty() || !script.ranges) return false;
  const std::string condition = request.get_header_value("If-Range");
  return condition.empty() || condition == script.etag;
}

}  // namespace

Octets generated_firmware(std::uint64_t size, std::uint64_t seed) {
  Octets out;
  out.reserve(size);
  std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL + 1;
  while (out.size() < size) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    for (unsigned shift = 0; shift < 64 && out.size() < size; shift += 8) {
      out.push_back(static_cast<char>((state >> shift) & 0xFFU));
    }
  }
  return out;
}

Result<std::unique_ptr<FirmwareHost>> FirmwareHost::open(const Script& script, const Variables& variables,
                                                         Exchange& exchange, std::string url) {
  std::unique_ptr<FirmwareHost> host(new FirmwareHost(exchange, std::move(url)));
  for (const FirmwareScript& entry : script.firmware) {
    Package package{entry, {}, {}};
    std::string file = DM_TRY(variables.expand(entry.file));
    if (!file.empty() && !file.starts_with("/")) file = script.directory + "/" + file;
    package.octets = file.empty() ? generated_firmware(entry.size, entry.seed) : DM_TRY(read_file(file));
    package.sha256 = hex_encode(sha256(package.octets));
    if (package.script.etag.empty()) package.script.etag = "\"" + package.sha256.substr(0, 16) + "\"";
    if (entry.corrupt_at && *entry.corrupt_at < package.octets.size()) {
      char& octet = package.octets[static_cast<std::size_t>(*entry.corrupt_at)];
      octet = static_cast<char>(octet ^ 0x01);
    }
    host->packages_.push_back(std::move(package));
  }
  return host;
}

std::optional<Fault> FirmwareHost::next_fault(Package& package) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Fault& fault : package.script.faults) {
    if (fault.times == 0) continue;
    --fault.times;
    return fault;
  }
  return std::nullopt;
}

bool FirmwareHost::answer(const httplib::Request& request, httplib::Response& response) {
  for (Package& package : packages_) {
    if (package.script.path != request.path) continue;
    const std::optional<Fault> fault = next_fault(package);
    exchange_.note({}, "firmware",
                   fmt::format("{} {}, {} octets{}", package.script.path, range_of(request), package.octets.size(),
                               fault ? ", fault " + std::string(to_string(fault->kind)) : ""));
    response.set_header("ETag", package.script.etag);
    if (package.script.ranges) response.set_header("Accept-Ranges", "bytes");
    if (fault) {
      send_with_fault(request, response, *fault, package.octets, package.script.content_type, url_);
      return true;
    }
    if (!request.ranges.empty() && !wants_range(request, package.script)) {
      // Sent without a length, for the HTTP library would cut the range out of anything that has one.
      response.status = 200;
      response.set_chunked_content_provider(package.script.content_type,
                                            [&package](std::size_t offset, httplib::DataSink& sink) {
                                              const Bytes rest = Bytes(package.octets).substr(offset, 1U << 16U);
                                              if (rest.empty()) {
                                                sink.done();
                                                return true;
                                              }
                                              return sink.write(rest.data(), rest.size());
                                            });
      return true;
    }
    response.set_content(package.octets, package.script.content_type);
    return true;
  }
  return false;
}

}  // namespace omadm::server
