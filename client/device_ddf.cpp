#include "client/device_ddf.h"

#include <string_view>
#include <utility>

namespace omadm {

// Made by omadm_embed() from mo/*/*.ddf.xml.
extern const std::string_view embedded_devdetail_ddf_xml;
extern const std::string_view embedded_devinfo_ddf_xml;
extern const std::string_view embedded_dmacc_ddf_xml;
extern const std::string_view embedded_fumo_ddf_xml;
extern const std::string_view embedded_inbox_ddf_xml;
extern const std::string_view embedded_nap_ddf_xml;
extern const std::string_view embedded_proxy_ddf_xml;

Result<Ddf> device_ddf(const std::vector<std::string>& extra) {
  const std::pair<std::string_view, std::string_view> built_in[] = {
      {"devdetail.ddf.xml", embedded_devdetail_ddf_xml}, {"devinfo.ddf.xml", embedded_devinfo_ddf_xml},
      {"dmacc.ddf.xml", embedded_dmacc_ddf_xml},         {"fumo.ddf.xml", embedded_fumo_ddf_xml},
      {"inbox.ddf.xml", embedded_inbox_ddf_xml},         {"nap.ddf.xml", embedded_nap_ddf_xml},
      {"proxy.ddf.xml", embedded_proxy_ddf_xml},
  };
  Ddf ddf;
  for (const auto& [name, text] : built_in) DM_TRY(ddf.add(text, name));
  std::size_t number = 0;
  for (const std::string& document : extra) DM_TRY(ddf.add(document, "extra " + std::to_string(++number)));
  return ddf;
}

}  // namespace omadm
