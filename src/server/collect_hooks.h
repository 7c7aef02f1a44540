// Calls of /hooks/KEY: signed by their sender, understood by the connector, answered once they are on disk.
// No thread waits for the disk.
#pragma once

#include "app/app.h"
#include "server/http.h"

namespace zhike::server {

/// `params`: of the path; "connector" is the key.
void collect_hook(app::App& app, Request request, const Pairs& params, Service::Reply reply);

}  // namespace zhike::server
