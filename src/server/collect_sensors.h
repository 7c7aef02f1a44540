// The Sensors Analytics protocol over HTTP, acknowledged like the Segment protocol (collect.h).
#pragma once

#include "app/app.h"
#include "server/http.h"

namespace zhike::server {

/// /sa and /sa.gif, GET and POST: `data` or `data_list` as Base64 of JSON or of gzipped JSON, in the address
/// or in a form. The write key is `token`, or else `project`. A GET of /sa.gif is answered with a picture.
void collect_sensors(app::App& app, Request request, Service::Reply reply);

/// The JSON text of a request's records. Errors: kBadEncoding (no Base64, broken gzip), kBodyTooLarge,
/// kBadJson (neither data nor data_list).
[[nodiscard]] Result<std::string> sensors_records(const Request& request, std::size_t bytes_max);

}  // namespace zhike::server
