#include "server/bench_load.h"

#include <fmt/format.h>

#include <string_view>

namespace zhike::server::bench {
namespace {

// Of the key "server-bench-write-key" and a colon.
constexpr std::string_view kHead =
    "POST /v1/batch HTTP/1.1\r\nHost: bench\r\n"
    "Authorization: Basic c2VydmVyLWJlbmNoLXdyaXRlLWtleTo=\r\n"
    "Content-Type: application/json\r\nContent-Length: ";

void put(std::string& text, std::size_t at, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = digits; i-- > 0; number /= 10) text[at + i] = static_cast<char>('0' + number % 10);
}

/// Appends `text`, and answers where it begins.
std::size_t append(std::string& to, std::string_view text) {
  const std::size_t at = to.size();
  to += text;
  return at;
}

}  // namespace

// 50,000 visitors at a time, taking turns; after their events the next ones come. The odd factor makes
// neighbours of those who follow one another strangers in every table; a visitor stands at another place of
// its batch each turn, so that it has events of every kind.
std::uint64_t BatchMaker::visitor(std::uint64_t n) const {
  constexpr std::uint64_t kShift = 7919;
  const std::uint64_t turn = n / kVisitors, round = turn / static_cast<std::uint64_t>(people_.events_each);
  return round * kVisitors + (n + turn * kShift) * 2'654'435'761U % kVisitors;
}

void BatchMaker::write_event(std::string& body, int slot) {
  const bool joins = people_.joins, identifies = joins && slot % people_.events_each == 0;
  const bool has_browser = joins && (slot % 2 == 1 || identifies);
  const bool has_user = !joins || slot % 2 == 0 || slot % 20 == 19;
  Slots& s = slots_.emplace_back();
  body += identifies ? R"({"type":"identify","messageId":"m-)"
                     : R"({"type":"track","event":"Product Viewed","messageId":"m-)";
  s.id = append(body, "000000000000");
  if (has_browser) {
    body += R"(","anonymousId":"b-)";
    s.browser = append(body, "00000000");
  }
  if (has_user) {
    body += R"(","userId":"u)";
    s.user = append(body, "00000000");
  }
  body += R"(","timestamp":"2026-11-20T10:)";
  s.minute = append(body, "00");
  body += ":";
  s.second = append(body, "00");
  if (identifies) {
    body += R"(.000Z","traits":{"email":"visitor)";
    s.email = append(body, "00000000");
    body += R"(@example.com","phone":"138)";
    s.phone = append(body, "00000000");
    body += R"(","city":"杭州"},"context":{"page":{"path":"/p/)";
  } else {
    body += R"(.000Z","properties":{"sku":"SKU-)";
    s.sku = append(body, "000");
    body += R"(","category":"shoes","price":)";
    s.price = append(body, "100");
    body += R"(.5,"currency":"CNY","campaign":"autumn","position":)" + std::to_string(slot);
    body += R"(},"context":{"page":{"path":"/p/)";
  }
  s.path = append(body, "000");
  body += R"(","referrer":"https://example.com/"},"library":{"name":"analytics.js","version":"2.1"}}})";
}

BatchMaker::BatchMaker(int events, People people) : people_(people) {
  std::string body = R"({"batch":[)";
  for (int i = 0; i < events; ++i) {
    body += i == 0 ? "" : ",";
    write_event(body, i);
  }
  body += "]}";
  text_ = fmt::format("{}{}\r\n\r\n", kHead, body.size());
  const std::size_t head = text_.size();
  text_ += body;
  for (Slots& s : slots_)
    for (std::size_t* at :
         {&s.id, &s.browser, &s.user, &s.email, &s.phone, &s.minute, &s.second, &s.sku, &s.price, &s.path})
      if (*at != kNone) *at += head;
}

const std::string& BatchMaker::request(std::uint64_t first) {
  const auto set = [this](std::size_t at, std::size_t digits, std::uint64_t number) {
    if (at != kNone) put(text_, at, digits, number);
  };
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slots& s = slots_[i];
    const std::uint64_t n = first + i, who = visitor(n);
    set(s.id, 12, n);
    for (const std::size_t at : {s.browser, s.user, s.email, s.phone}) set(at, 8, who);
    set(s.minute, 2, n / 60 % 60);
    set(s.second, 2, n % 60);
    set(s.sku, 3, n % 900);
    set(s.price, 3, 100 + n % 300);
    set(s.path, 3, n % 900);
  }
  return text_;
}

}  // namespace zhike::server::bench
