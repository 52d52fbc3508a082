// A download that goes straight to a file, in constant memory, and goes on after interruptions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/io/event_loop.h"
#include "base/io/file_system.h"
#include "base/ports/http_client.h"
#include "base/result.h"
#include "mo/common/partial_file.h"

namespace omadm {

// Attempts count over restarts, for as long as the partial file is kept.
struct DownloadRetry {
  unsigned attempts = 10;
  std::chrono::milliseconds first{1000};  // the wait after the first failure …
  double factor = 2.0;                    // … and how it grows
  std::chrono::milliseconds max{600000};
  std::chrono::hours give_up_after{7 * 24};
};

struct DownloadOptions {
  std::string url;
  std::string path;  // of the complete file; its directory is made
  std::string accept = "*/*";
  TlsOptions tls;
  bool allow_http = false;
  int max_redirects = 5;
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds idle_timeout{60};
  std::uint64_t max_size = 1ULL << 30U;    // octets
  std::uint64_t checkpoint = 1ULL << 20U;  // octets after which the partial file is made durable
  DownloadRetry retry;
  // Looks at the head of a good answer; an error ends the download for good. May be empty.
  std::function<Result<void>(const HttpResponse& head)> check_head;
};

struct DownloadedFile {
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;  // lower-case hexadecimal
};

// Resumes what an earlier download of the same URL to the same path left. Destroying it cancels and keeps the
// partial file; PartialFile::discard removes it.
class Download final : private BodySink {
 public:
  // `http_status` of the last answer, 0: there was none. Errors: of HttpClient::send; too_large (max_size);
  // storage_full; authentication (401, 403, 407), not_found (404, 410), failed (another status); corrupt (longer
  // than announced); io; what check_head returned.
  using Done = std::function<void(Result<DownloadedFile> file, int http_status)>;

  // `done` comes on the loop, once. The references must outlive the download.
  Download(EventLoop& loop, HttpClient& http, FileSystem& files, DownloadOptions options, Done done);
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;
  ~Download() override;

  std::uint64_t received() const noexcept;  // octets of the file so far
  std::uint64_t total() const noexcept;     // 0: unknown

 private:
  Result<void> begin(const HttpResponse& head) override;
  Result<void> write(Bytes octets) override;

  void open();
  void rehash();
  void request();
  Result<void> take_head(const HttpResponse& head);
  Result<void> check_part(const HttpResponse& head) const;
  void answered(Result<HttpResponse> result);
  void answered_well(const HttpResponse& response);
  void start_over();
  void try_later(Error error, std::chrono::milliseconds at_least);
  void complete();
  void conclude(Result<DownloadedFile> result);

  EventLoop& loop_;
  HttpClient& http_;
  FileSystem& files_;
  DownloadOptions options_;
  Done done_;
  std::optional<PartialFile> file_;
  std::unique_ptr<HttpCall> call_;
  LoopHandlePtr timer_;
  bool storing_ = false;     // the answer under way is the file
  bool other_part_ = false;  // … is a part that does not fit what is there
  std::uint64_t asked_from_ = 0;
  int http_status_ = 0;
};

}  // namespace omadm
