// WeChat customer service (weixin kf of WeCom): the platform calls when there is something new, and it is
// fetched by sync_msg from a cursor that is kept. A message counts once by its msgid, so a page that is
// fetched twice costs nothing.
#pragma once

#include <memory>

#include "connector/runner.h"

namespace zhike::connector {

/// Encrypted calls: GET with echostr, POST with the event kf_msg_or_event, which wakes the runner.
/// Errors: kBadConnector.
[[nodiscard]] Result<std::unique_ptr<Hook>> make_wechat_kf_hook(const Connector& connector);
/// Errors: kBadConnector, kHostNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Runner>> make_wechat_kf(const Store::Entry& connector,
                                                             const std::shared_ptr<Activity>& activity,
                                                             const Ports& ports);
[[nodiscard]] Result<std::string> try_wechat_kf(const Connector& connector, const Ports& ports);

}  // namespace zhike::connector
