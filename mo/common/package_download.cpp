#include "mo/common/package_download.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace omadm {
namespace {

constexpr std::uint64_t kMaxKept = 256U << 10U;  // octets of a kept descriptor with its URLs

std::string descriptor_of(const std::string& path) { return path + ".dd"; }

std::vector<std::string> descriptor_types() { return {std::string(kDescriptorType), std::string(kDescriptor2Type)}; }

}  // namespace

PackageDownload::PackageDownload(EventLoop& loop, HttpClient& http, FileSystem& files, PackageDownloadOptions options,
                                 Done done)
    : loop_(loop), http_(http), files_(files), options_(std::move(options)), done_(std::move(done)) {
  options_.download.accept = std::string(kDescriptorType) + ", */*";  // FUMO-061
  timer_ = loop_.after({}, [this] { begin(); });
}

void PackageDownload::discard(FileSystem& files, const std::string& path) {
  PartialFile::discard(files, path);
  for (const char* suffix : {"", ".new"}) (void)files.remove(descriptor_of(path) + suffix);  // mostly not there
}

std::uint64_t PackageDownload::total() const noexcept {
  const std::uint64_t known = download_ ? download_->total() : 0;
  return known > 0 ? known : package_.descriptor.size;
}

void PackageDownload::begin() {
  auto known = take_up_descriptor();
  if (!known) return conclude(std::move(known).error(), 0);
  if (*known) return fetch_object();
  DownloadOptions options = options_.download;
  options.inline_bodies.types = descriptor_types();
  options.check_head = [this](const HttpResponse& head) { return check_type(head); };
  package_.url = options.url;
  fetch(std::move(options));
}

// A descriptor that was kept before a restart: the URL it was asked by, the one that answered, and itself.
Result<bool> PackageDownload::take_up_descriptor() {
  const auto kept = files_.read(descriptor_of(options_.download.path), kMaxKept);
  if (!kept) return false;
  const std::size_t first = kept->find('\n');
  const std::size_t second = first == std::string::npos ? first : kept->find('\n', first + 1);
  if (second == std::string::npos || kept->substr(0, first) != options_.download.url) return false;
  DM_TRY(take_descriptor(Bytes(*kept).substr(second + 1), kept->substr(first + 1, second - first - 1)));
  return true;
}

void PackageDownload::fetch(DownloadOptions options) {
  download_ =
      std::make_unique<Download>(loop_, http_, files_, std::move(options),
                                 [this](Result<DownloadedFile> file, int status) { fetched(std::move(file), status); });
}

void PackageDownload::fetched(Result<DownloadedFile> file, int http_status) {
  const std::unique_ptr<Download> ended = std::move(download_);
  if (!file) return conclude(std::move(file).error(), http_status);
  if (file->type.empty()) {
    package_.file = std::move(*file);
    return conclude({}, http_status);
  }
  if (file->type != kDescriptorType) {
    return conclude(Error{Errc::unsupported, "a descriptor of version 2"}, http_status);
  }
  auto taken = take_descriptor(file->body, file->url);
  if (taken) taken = keep_descriptor(file->body, file->url);
  if (!taken) return conclude(std::move(taken).error(), http_status);
  fetch_object();
}

Result<void> PackageDownload::take_descriptor(Bytes text, const std::string& url) {
  package_.descriptor = DM_TRY(parse_download_descriptor(text));
  package_.descriptor_url = url;
  const DownloadDescriptor& descriptor = package_.descriptor;
  const bool taken = std::any_of(descriptor.types.begin(), descriptor.types.end(),
                                 [this](const std::string& type) { return takes(type); });
  if (!taken) return Error{Errc::veto, "descriptor: no type that can be installed here, first " + descriptor.types[0]};
  if (descriptor.size > options_.download.max_size) {
    return Error{Errc::too_large, "descriptor: " + std::to_string(descriptor.size) + " octets, " +
                                      std::to_string(options_.download.max_size) + " are allowed"};
  }
  const std::string& path = options_.download.path;
  std::uint64_t wanted = descriptor.size;
  for (const char* suffix : {"", ".part"}) {
    std::error_code nothing_yet;
    const auto there = std::filesystem::file_size(path + suffix, nothing_yet);
    if (!nothing_yet) wanted -= std::min<std::uint64_t>(there, wanted);
  }
  return check_room(path, wanted);
}

Result<void> PackageDownload::keep_descriptor(Bytes text, const std::string& url) {
  const std::string path = descriptor_of(options_.download.path);
  (void)files_.remove(path + ".new");
  {
    const auto file = DM_TRY(files_.open_append(path + ".new"));
    DM_TRY(file->append(options_.download.url + "\n" + url + "\n"));
    DM_TRY(file->append(text));
    DM_TRY(file->sync());
  }
  return files_.rename(path + ".new", path);
}

void PackageDownload::fetch_object() {
  DownloadOptions options = options_.download;
  options.url = package_.url = package_.descriptor.object_uri;
  options.base = package_.base = package_.descriptor_url;  // FUMO-065
  options.size = package_.descriptor.size;
  options.check_head = [this](const HttpResponse& head) { return check_type(head); };
  fetch(std::move(options));
}

// Of the package itself. What a host cannot name counts as octets of some kind.
Result<void> PackageDownload::check_type(const HttpResponse& head) const {
  const std::string type = head.content_type();
  const std::vector<std::string> descriptors = descriptor_types();
  if (std::find(descriptors.begin(), descriptors.end(), type) != descriptors.end()) {
    return Error{Errc::bad_format, "a descriptor that leads to another one"};
  }
  if (type.empty() || type == "application/octet-stream" || takes(type)) return {};
  return Error{Errc::veto, type + " is no type that can be installed here"};
}

bool PackageDownload::takes(const std::string& type) const {
  return options_.types.empty() ||
         std::find(options_.types.begin(), options_.types.end(), type) != options_.types.end();
}

void PackageDownload::conclude(Result<void> result, int http_status) {
  timer_.reset();
  const Done done = std::move(done_);
  done({std::move(result), http_status, std::move(package_)});  // the owner may destroy us in there
}

}  // namespace omadm
