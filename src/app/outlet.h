// What leaves through connectors: stored events in order of their ids, as JSON, masked as the warehouse holds
// them.
#pragma once

#include <map>
#include <mutex>

#include "app/feed_hub.h"
#include "connector/connector.h"
#include "ingest/sources.h"
#include "warehouse/client.h"

namespace zhike::app {

/// Thread-safe. Borrows all. Asks the warehouse only when something was stored since it was asked last.
class Outlet final : public connector::Outlet {
 public:
  Outlet(warehouse::Client& client, const ingest::Sources& sources, const FeedHub& feed)
      : client_(client), sources_(sources), feed_(feed) {}

  Result<Page> after(const connector::Connector& to, std::uint64_t after, std::size_t count_max) override;
  Result<std::uint64_t> newest() override { return newest_above(0); }

 private:
  Result<std::uint64_t> newest_above(std::uint64_t after);
  warehouse::Client& client_;
  const ingest::Sources& sources_;
  const FeedHub& feed_;
  struct Looked {
    std::uint64_t stored = 0, at = 0;  // events stored when it looked, and how far there was nothing
  };
  std::mutex mutex_;
  std::map<connector::ConnectorId, Looked> looked_;
};

}  // namespace zhike::app
