#include "app/ports.h"

#include "ingest/detect.h"

namespace zhike::app {

std::optional<profile::Kind> Ports::kind(std::uint32_t number) const {
  if (number == 0 || number > kinds_.count()) return std::nullopt;
  const auto placement = kinds_.placement(number);
  return profile::Kind{.type = {},
                       .name = kinds_.name(number),
                       .channel = placement.channel,
                       .touchpoint = placement.touchpoint,
                       .stage = placement.stage};
}

std::string Ports::scrub(std::string_view text) const { return ingest::scrub(text); }

Result<void> Ports::revealed(const Grant& grant, CustomerId customer, std::string_view reason) {
  return ledger_.write([&](ledger::Tx& tx) {
    return audit_.append(tx, {.seq = 0,
                              .at = clock_.now(),
                              .actor = grant.user,
                              .action = "customer_revealed",
                              .target = "customer/" + customer.str(),
                              .detail = std::string(reason)});
  });
}

}  // namespace zhike::app
