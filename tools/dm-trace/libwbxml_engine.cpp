#include "tools/dm-trace/libwbxml_engine.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wbxml/wbxml.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

namespace omadm::trace {
namespace {

constexpr rlim_t kCpuSeconds = 10;
constexpr std::chrono::seconds kPatience(30);
constexpr std::size_t kMaxInput = 4U << 20U;
constexpr std::size_t kMaxResult = 64U << 20U;
constexpr char kConverted = 'X';
constexpr char kRefused = 'E';

void write_all(int descriptor, Bytes octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A crash is told by the parent: no core file, no words of libwbxml's own, no handler of a sanitizer.
void prepare_child() {
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, SIG_DFL);
  const rlimit no_core{0, 0};
  const rlimit cpu{kCpuSeconds, kCpuSeconds};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::setrlimit(RLIMIT_CPU, &cpu);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  ::dup2(nowhere, STDERR_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
}

[[noreturn]] void convert_in_child(Bytes wbxml, int result_pipe) {
  prepare_child();
  Octets document(wbxml);
  WBXMLConvWBXML2XML* converter = nullptr;
  WB_UTINY* xml = nullptr;
  WB_ULONG length = 0;
  WBXMLError error = wbxml_conv_wbxml2xml_create(&converter);
  if (error == WBXML_OK) {
    wbxml_conv_wbxml2xml_set_gen_type(converter, WBXML_GEN_XML_CANONICAL);
    wbxml_conv_wbxml2xml_enable_preserve_whitespaces(converter);
    error = wbxml_conv_wbxml2xml_run(converter, reinterpret_cast<WB_UTINY*>(document.data()),
                                     static_cast<WB_ULONG>(document.size()), &xml, &length);
  }
  if (error == WBXML_OK) {
    write_all(result_pipe, Bytes(&kConverted, 1));
    write_all(result_pipe, Bytes(reinterpret_cast<const char*>(xml), length));
  } else {
    write_all(result_pipe, Bytes(&kRefused, 1));
    write_all(result_pipe, reinterpret_cast<const char*>(wbxml_errors_string(error)));
  }
  ::_exit(EXIT_SUCCESS);
}

// What the child wrote until it closed its end; an error also when it writes too much or for too long.
Result<Octets> read_result(int result_pipe) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  Octets result;
  std::array<char, 1U << 16U> buffer{};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd readable{result_pipe, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&readable, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Error{Errc::malformed, "libwbxml does not come to an end"};
    const ssize_t count = ::read(result_pipe, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return result;
    result.append(buffer.data(), static_cast<std::size_t>(count));
    if (result.size() > kMaxResult) return Error{Errc::too_large, "libwbxml makes too much of it"};
  }
}

Result<Octets> outcome(Result<Octets> result, int status) {
  if (!result) return result;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGXCPU || signal == SIGKILL) return Error{Errc::malformed, "libwbxml does not come to an end"};
    return Error{Errc::malformed, std::string("libwbxml crashed: ") + ::strsignal(signal)};
  }
  if (result->empty()) return Error{Errc::failed, "libwbxml gave no answer"};
  const char tag = result->front();
  result->erase(0, 1);
  if (tag == kRefused) return Error{Errc::malformed, "libwbxml: " + *result};
  return result;
}

}  // namespace

Result<Octets> libwbxml_to_xml(Bytes wbxml) {
  if (wbxml.size() > kMaxInput) {
    return Error{Errc::too_large, "over " + std::to_string(kMaxInput) + " octets, libwbxml is not asked"};
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error{Errc::io, std::string("no pipe: ") + std::strerror(errno)};
  const pid_t child = ::fork();
  if (child < 0) {
    const int why = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    return Error{Errc::io, std::string("no process: ") + std::strerror(why)};
  }
  if (child == 0) convert_in_child(wbxml, ends[1]);
  ::close(ends[1]);
  Result<Octets> result = read_result(ends[0]);
  ::close(ends[0]);
  if (!result) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return outcome(std::move(result), status);
}

}  // namespace omadm::trace
