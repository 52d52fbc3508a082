// Something to be installed, by its URL or by that of its descriptor. FUMO-060 … FUMO-067.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mo/common/download.h"
#include "mo/common/download_descriptor.h"

namespace omadm {

struct PackageDownloadOptions {
  DownloadOptions download;        // `url`: of the package or of its descriptor; `accept` is ours
  std::vector<std::string> types;  // media types taken, of the package and in a descriptor; empty: any
};

struct DownloadedPackage {
  DownloadedFile file;
  std::string url, base;          // that the file came from, `url` relative to `base` unless that is empty
  DownloadDescriptor descriptor;  // empty when there is none
  std::string descriptor_url;     // that installNotifyURI is relative to
};

// Fetches a descriptor first where there is one, and keeps it beside the file, so that a restart goes on with the
// file. Destroying it keeps what is there.
class PackageDownload {
 public:
  // Beyond the errors of Download: bad_format (not a good descriptor), unsupported (its version), veto (no type that
  // is taken). `package` of an error: only what is known of the descriptor.
  struct Outcome {
    Result<void> result;
    int http_status = 0;
    DownloadedPackage package;
  };
  using Done = std::function<void(Outcome)>;
  PackageDownload(EventLoop& loop, HttpClient& http, FileSystem& files, PackageDownloadOptions options, Done done);
  PackageDownload(const PackageDownload&) = delete;
  PackageDownload& operator=(const PackageDownload&) = delete;

  // Removes the file at `path`, complete or not, and its descriptor.
  static void discard(FileSystem& files, const std::string& path);

  std::uint64_t received() const noexcept { return download_ ? download_->received() : 0; }
  std::uint64_t total() const noexcept;

 private:
  void begin();
  Result<bool> take_up_descriptor();
  void fetch(DownloadOptions options);
  void fetched(Result<DownloadedFile> file, int http_status);
  Result<void> take_descriptor(Bytes text, const std::string& url);
  Result<void> keep_descriptor(Bytes text, const std::string& url);
  void fetch_object();
  Result<void> check_type(const HttpResponse& head) const;
  bool takes(const std::string& type) const;
  void conclude(Result<void> result, int http_status);

  EventLoop& loop_;
  HttpClient& http_;
  FileSystem& files_;
  PackageDownloadOptions options_;
  Done done_;
  DownloadedPackage package_;
  std::unique_ptr<Download> download_;
  LoopHandlePtr timer_;
};

}  // namespace omadm
