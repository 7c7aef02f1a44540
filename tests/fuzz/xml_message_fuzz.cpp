// Any text is an error or JSON.
#include <boost/json.hpp>
#include <cstdint>

#include "connector/wechat_crypt.h"
#include "connector/xml_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto made = connector::xml_to_json(text)) {
    boost::system::error_code wrong;
    boost::json::parse(*made, wrong);
    cx_check(!wrong, "what was made is JSON");
  }
  static const std::string key(32, 'k');
  [[maybe_unused]] const auto opened = connector::wechat_decrypt(key, "wx", text);
  return 0;
}
