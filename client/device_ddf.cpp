#include "client/device_ddf.h"

namespace omadm {

// Made by omadm_embed() from mo/*/*.ddf.xml.
extern const std::string_view embedded_devdetail_ddf_xml;
extern const std::string_view embedded_devinfo_ddf_xml;
extern const std::string_view embedded_dmacc_ddf_xml;
extern const std::string_view embedded_fumo_ddf_xml;
extern const std::string_view embedded_inbox_ddf_xml;

const std::vector<BuiltInDdf>& built_in_ddfs() {
  static const std::vector<BuiltInDdf> all{
      {"devdetail.ddf.xml", embedded_devdetail_ddf_xml}, {"devinfo.ddf.xml", embedded_devinfo_ddf_xml},
      {"dmacc.ddf.xml", embedded_dmacc_ddf_xml},         {"fumo.ddf.xml", embedded_fumo_ddf_xml},
      {"inbox.ddf.xml", embedded_inbox_ddf_xml},
  };
  return all;
}

Result<Ddf> device_ddf(const std::vector<std::string>& extra) {
  Ddf ddf;
  for (const BuiltInDdf& document : built_in_ddfs()) DM_TRY(ddf.add(document.text, document.name));
  std::size_t number = 0;
  for (const std::string& document : extra) DM_TRY(ddf.add(document, "extra " + std::to_string(++number)));
  return ddf;
}

}  // namespace omadm
