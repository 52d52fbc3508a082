// A download that goes straight to a file, in constant memory, and goes on after interruptions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/file_system.h"
#include "base/ports/http_client.h"
#include "base/result.h"
#include "mo/common/http_outcome.h"
#include "mo/common/partial_file.h"

namespace omadm {

// Small bodies of some media types are not the file: they come back in memory.
struct InlineBodies {
  std::vector<std::string> types;  // media types, lower case
  std::uint64_t max_size = 65536;  // octets
};

struct DownloadOptions {
  std::string url;
  std::string base;  // not empty: the absolute URL that `url` is relative to
  std::string path;  // of the complete file; its directory is made
  std::string accept = "*/*";
  TlsOptions tls;
  bool allow_http = false;
  int max_redirects = 5;
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds idle_timeout{60};
  std::string username, password;         // where the server asks for them
  HttpAuthType auth = HttpAuthType::any;  // in the way it may ask
  std::string login_url;                  // not empty: only the host of this URL
  std::uint64_t max_size = 1ULL << 30U;   // octets
  std::optional<std::uint64_t> size;      // octets, when somebody said so before; another size is corrupt
  std::uint64_t max_rate = 0;             // octets a second; 0: no limit
  std::uint64_t min_rate = 16;            // octets a second over each idle_timeout; slower is timed_out
  // The partial file is made durable after such a time and so many octets. What came since is what a loss of power
  // costs; the end of the process costs nothing.
  std::uint64_t checkpoint = 1ULL << 20U;
  std::chrono::milliseconds checkpoint_time{5000};
  std::uint64_t digest_at_once = 16ULL << 20U;  // octets read again at a time for the digest
  DownloadRetry retry;
  // Looks at the head of a good answer; an error ends the download for good. May be empty.
  std::function<Result<void>(const HttpResponse& head)> check_head;
  InlineBodies inline_bodies;
};

struct DownloadedFile {
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;  // lower-case hexadecimal
  // Of an inline body, with everything above empty: its media type, itself, and the URL that gave it.
  std::string type;
  Octets body;
  std::string url;
};

// storage_full: the medium of `path` has no room for so many octets more and what others need there.
Result<void> check_room(const std::string& path, std::uint64_t wanted);

// An answer with a Content-Encoding is unsupported: what was asked for is the file itself. Resumes what an earlier
// download of the same URL to the same path left. Destroying it cancels and keeps the partial file;
// PartialFile::discard removes it.
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
  bool count_progress();
  bool too_old() const;
  void request();
  Result<void> take_head(const HttpResponse& head);
  Result<void> check_part(const HttpResponse& head) const;
  Result<void> begin_inline(const HttpResponse& head);
  void check_rate();
  void answered(Result<HttpResponse> result);
  void answered_well(const HttpResponse& response);
  void start_over();
  void try_later(Error error, std::chrono::milliseconds at_least);
  void complete();
  void follow();
  void in_background(PartialFile::Job work, std::uint64_t durable, std::function<void()> then = nullptr);
  Result<void> job_done();
  Result<void> settle();
  void conclude(Result<DownloadedFile> result);

  EventLoop& loop_;
  HttpClient& http_;
  FileSystem& files_;
  DownloadOptions options_;
  Done done_;
  std::optional<PartialFile> file_;
  std::unique_ptr<HttpCall> call_;
  LoopHandlePtr timer_, rate_timer_;
  std::uint64_t rated_ = 0;     // received() when the rate was last looked at …
  std::uint64_t looked_ = 0;    // … and the room that is left
  Clock::Steady kept_;          // when the file was last being made durable
  std::optional<Octets> body_;  // of an inline answer
  std::string body_type_;       // … its media type
  bool storing_ = false;        // the answer under way is the file
  bool other_part_ = false;     // … is a part that does not fit what is there
  std::uint64_t asked_from_ = 0;
  int http_status_ = 0;
  struct Job {
    std::optional<Result<void>> outcome;  // of its work, once that was done
    std::uint64_t durable = 0;            // octets of the file that are, when it went well; 0: nothing new
  };
  std::shared_ptr<Job> job_;        // under way on the worker; owners: this and the work
  std::unique_ptr<Worker> worker_;  // waits for the medium; last, for its job must have ended before the rest goes
};

}  // namespace omadm
