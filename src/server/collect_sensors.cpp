#include "server/collect_sensors.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "ingest/sensors.h"
#include "server/collect.h"
#include "server/json.h"
#include "server/problem.h"

namespace zhike::server {
namespace {

/// One transparent pixel; a plain literal would end at its first zero.
constexpr auto kPixel = std::to_array<unsigned char>(
    {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, '!', 0xf9, 4,
     1,   0,   0,   0,   0,   ',', 0, 0, 0, 0, 1,    0, 1, 0, 0, 2, 2,   'D', 1,   0,   ';'});

/// Of a form. A plus stays one: in Base64 it is a digit, and no SDK sends spaces.
std::optional<std::string> field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const auto end = std::min(form.find('&'), form.size());
    const auto part = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name)
      return decode_percent(part.substr(equals + 1), false);
  }
  return std::nullopt;
}

std::optional<std::string> field(const Request& request, std::string_view name) {
  if (request.method == "POST")
    if (auto found = field(request.body, name)) return found;
  const auto found = request.param(name);
  if (!found) return std::nullopt;
  std::string text(*found);
  std::ranges::replace(text, ' ', '+');  // where the SDK did not escape it
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  const int wrong =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        "\r\n", &length, &end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (wrong != 0 || rest.find_first_not_of("=\r\n") != std::string_view::npos)
    return fail(Code::kBadEncoding, "data is not Base64");
  out.resize(length);
  return out;
}

Response acknowledged(bool picture, const json::object& body) {
  if (!picture) return answer(body);
  Response response;
  response.type = "image/gif";
  response.body.assign(kPixel.begin(), kPixel.end());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Result<std::string> sensors_records(const Request& request, std::size_t bytes_max) {
  for (const std::string_view name : {"data_list", "data"}) {
    const auto text = field(request, name);
    if (!text || text->empty()) continue;
    CX_TRY(std::string bytes, from_base64(*text));
    if (!bytes.starts_with("\x1f\x8b")) return bytes;
    return inflate(bytes, bytes_max);
  }
  return fail(Code::kBadJson, "neither data nor data_list");
}

void collect_sensors(app::App& app, Request request, Service::Reply reply) {
  const std::string_view key =
      request.param("token").value_or(request.param("project").value_or(std::string_view{}));
  const auto source = app.sources().authenticate(key);
  if (!source) return reply(problem(source.error(), request));
  const auto records = sensors_records(request, app.config().bytes("server.body_bytes_max"));
  if (!records) return reply(problem(records.error(), request));
  static thread_local ingest::SensorsParser parser;
  auto parsed = parser.parse(*records, {.now = app.clock().now()});
  if (!parsed) return reply(problem(parsed.error(), request));
  json::object body{{"success", true}};
  if (!request.header("x-zhike-detail").empty()) {
    body["accepted"] = parsed->events.size() + parsed->items.size();
    body["quarantined"] = parsed->rejects.size();
    body["problems"] = problems_of(parsed->rejects);
  }
  const bool picture = request.path == "/sa.gif" && request.method != "POST";
  app.intake().accept(
      *source, std::move(*parsed),
      [body = std::move(body), picture, language = request.language, id = request.id,
       reply = std::move(reply)](const Result<ingest::Accepted>& accepted) {
        reply(accepted ? acknowledged(picture, body) : problem(accepted.error(), language, id));
      });
}

}  // namespace zhike::server
