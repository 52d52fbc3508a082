#include "transport/card/pcsc_channel.h"

#ifdef OMADM_PCSC
#include <dlfcn.h>
#include <winscard.h>

#include <utility>
#include <vector>

namespace omadm {
namespace {

constexpr const char* kLibrary = "libpcsclite.so.1";
constexpr DWORD kLongestResponse = 65538;

// The functions of the library, which a machine without card readers need not have.
struct Library {
  decltype(&SCardEstablishContext) establish = nullptr;
  decltype(&SCardReleaseContext) release = nullptr;
  decltype(&SCardListReaders) list = nullptr;
  decltype(&SCardConnect) connect = nullptr;
  decltype(&SCardDisconnect) disconnect = nullptr;
  decltype(&SCardTransmit) transmit = nullptr;
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

// Loaded once and kept: unloading it would gain nothing.
Result<Library> load() {
  void* const handle = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  Library library;
  const bool whole = handle != nullptr && find(handle, "SCardEstablishContext", library.establish) &&
                     find(handle, "SCardReleaseContext", library.release) &&
                     find(handle, "SCardListReaders", library.list) && find(handle, "SCardConnect", library.connect) &&
                     find(handle, "SCardDisconnect", library.disconnect) &&
                     find(handle, "SCardTransmit", library.transmit);
  if (!whole) return Error{Errc::unsupported, "there is no PC/SC on this machine: install pcscd and libpcsclite1"};
  return library;
}

Error failure(LONG code) {
  switch (static_cast<unsigned long>(code) & 0xFFFFFFFFUL) {
    case static_cast<unsigned long>(SCARD_E_NO_SERVICE) & 0xFFFFFFFFUL:
      return {Errc::unsupported, "the PC/SC service does not run: start pcscd"};
    case static_cast<unsigned long>(SCARD_E_NO_READERS_AVAILABLE) & 0xFFFFFFFFUL:
    case static_cast<unsigned long>(SCARD_E_UNKNOWN_READER) & 0xFFFFFFFFUL:
      return {Errc::not_found, "there is no such card reader"};
    case static_cast<unsigned long>(SCARD_E_NO_SMARTCARD) & 0xFFFFFFFFUL:
    case static_cast<unsigned long>(SCARD_W_REMOVED_CARD) & 0xFFFFFFFFUL:
      return {Errc::not_found, "there is no card in the reader"};
    default:
      return {Errc::io, "the card reader failed"};
  }
}

class PcscChannel final : public ApduChannel {
 public:
  explicit PcscChannel(const Library& library) : library_(library) {}
  PcscChannel(const PcscChannel&) = delete;
  PcscChannel& operator=(const PcscChannel&) = delete;
  ~PcscChannel() override {
    if (connected_) library_.disconnect(card_, SCARD_LEAVE_CARD);
    if (established_) library_.release(context_);
  }

  Result<void> open(const std::string& wanted) {
    LONG code = library_.establish(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_);
    if (code != SCARD_S_SUCCESS) return failure(code);
    established_ = true;
    const std::string reader = DM_TRY(reader_named(wanted));
    code = library_.connect(context_, reader.c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card_,
                            &protocol_);
    if (code != SCARD_S_SUCCESS) return failure(code);
    connected_ = true;
    return {};
  }

  Result<Octets> transmit(Bytes command) override {
    const SCARD_IO_REQUEST request{protocol_, sizeof(SCARD_IO_REQUEST)};
    Octets response(kLongestResponse, '\0');
    DWORD length = kLongestResponse;
    const LONG code = library_.transmit(card_, &request, reinterpret_cast<LPCBYTE>(command.data()),
                                        static_cast<DWORD>(command.size()), nullptr,
                                        reinterpret_cast<LPBYTE>(response.data()), &length);
    if (code != SCARD_S_SUCCESS) return failure(code);
    response.resize(length);
    return response;
  }

 private:
  // The library gives the names one after the other, each with a NUL.
  Result<std::string> reader_named(const std::string& wanted) {
    DWORD length = 0;
    LONG code = library_.list(context_, nullptr, nullptr, &length);
    if (code != SCARD_S_SUCCESS) return failure(code);
    std::string names(length, '\0');
    code = library_.list(context_, nullptr, names.data(), &length);
    if (code != SCARD_S_SUCCESS) return failure(code);
    names.resize(length);
    for (std::size_t at = 0; at < names.size() && names[at] != '\0';) {
      std::string name = names.substr(at, names.find('\0', at) - at);
      if (name.starts_with(wanted)) return name;
      at += name.size() + 1;
    }
    return Error{Errc::not_found, "there is no card reader \"" + wanted + "\""};
  }

  Library library_;
  SCARDCONTEXT context_ = 0;
  SCARDHANDLE card_ = 0;
  DWORD protocol_ = 0;
  bool established_ = false;
  bool connected_ = false;
};

}  // namespace

Result<std::unique_ptr<ApduChannel>> open_pcsc_card(const std::string& reader) {
  auto channel = std::make_unique<PcscChannel>(DM_TRY(load()));
  DM_TRY(channel->open(reader));
  return std::unique_ptr<ApduChannel>(std::move(channel));
}

}  // namespace omadm

#else

namespace omadm {

Result<std::unique_ptr<ApduChannel>> open_pcsc_card(const std::string&) {
  return Error{Errc::unsupported, "built without PC/SC: libpcsclite-dev was not there"};
}

}  // namespace omadm

#endif
