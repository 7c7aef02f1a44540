// The Segment protocol over HTTP: parsed on the connection's thread, acknowledged once the journal has it on
// disk. No thread waits for the disk.
#pragma once

#include <boost/json/array.hpp>

#include "app/app.h"
#include "ingest/parsed.h"
#include "server/api.h"
#include "server/http.h"

namespace zhike::server {

/// Answers by `reply`: {"success": true} when every event of the request is durable (events that could not be
/// read are durable in the quarantine). With the header X-Zhike-Detail, also what became of each call, in
/// order, and what was wrong with those that are in the quarantine.
void collect_events(app::App& app, Request request, Service::Reply reply);

/// GET /v1/projects/KEY/settings: what the browser SDK asks for before it sends anything.
void add_collect_handlers(Handlers& handlers);

/// What was wrong with each, as the detailed answers list it.
[[nodiscard]] boost::json::array problems_of(const std::vector<ingest::Reject>& rejects);

/// The user name of a Basic authorization; empty: none.
[[nodiscard]] std::string basic_user(std::string_view authorization);

}  // namespace zhike::server
