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

// 50,000 visitors at a time, taking turns; after 20 events each the next ones come. The odd factor makes
// neighbours of those who follow one another strangers in every table.
std::uint64_t BatchMaker::visitor(std::uint64_t n) {
  const std::uint64_t round = n / (kVisitors * kEventsOfVisitor);
  return round * kVisitors + n * 2'654'435'761U % kVisitors;
}

BatchMaker::BatchMaker(int events) {
  std::string body = R"({"batch":[)";
  for (int i = 0; i < events; ++i) {
    Slots s{};
    body += i == 0 ? "" : ",";
    body += R"({"type":"track","event":"Product Viewed","messageId":"m-)";
    s.id = append(body, "000000000000");
    body += R"(","userId":"u)";
    s.user = append(body, "00000000");
    body += R"(","timestamp":"2026-11-20T10:)";
    s.minute = append(body, "00");
    body += ":";
    s.second = append(body, "00");
    body += R"(.000Z","properties":{"sku":"SKU-)";
    s.sku = append(body, "000");
    body += R"(","category":"shoes","price":)";
    s.price = append(body, "100");
    body += R"(.5,"currency":"CNY","campaign":"autumn","position":)" + std::to_string(i);
    body += R"(},"context":{"page":{"path":"/p/)";
    s.path = append(body, "000");
    body += R"(","referrer":"https://example.com/"},"library":{"name":"analytics.js","version":"2.1"}}})";
    slots_.push_back(s);
  }
  body += "]}";
  text_ = fmt::format("{}{}\r\n\r\n", kHead, body.size());
  const std::size_t head = text_.size();
  text_ += body;
  for (Slots& s : slots_)
    for (std::size_t* at : {&s.id, &s.user, &s.minute, &s.second, &s.sku, &s.price, &s.path}) *at += head;
}

const std::string& BatchMaker::request(std::uint64_t first) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slots& s = slots_[i];
    const std::uint64_t n = first + i;
    put(text_, s.id, 12, n);
    put(text_, s.user, 8, visitor(n));
    put(text_, s.minute, 2, n / 60 % 60);
    put(text_, s.second, 2, n % 60);
    put(text_, s.sku, 3, n % 900);
    put(text_, s.price, 3, 100 + n % 300);
    put(text_, s.path, 3, n % 900);
  }
  return text_;
}

}  // namespace zhike::server::bench
