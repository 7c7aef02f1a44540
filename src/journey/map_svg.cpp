#include "journey/map_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>

namespace zhike::journey {
namespace {

constexpr int kLeft = 130, kColumn = 210, kTop = 64, kLine = 18, kPad = 12, kCurve = 110;
constexpr std::size_t kPlaces = 5, kPains = 3, kTextMax = 26;  // text: in Latin letters; others take two
constexpr std::string_view kInk = "#1f2933", kMuted = "#66717d", kRule = "#dfe3e8", kGood = "#1d7a46",
                           kBad = "#b42318", kGold = "#b7791f";
constexpr std::array<std::string_view, 6> kColours{"#2f6fde", "#12908e", "#8a5cd1",
                                                   "#c77700", "#5b6b7c", "#b5487b"};

/// Escaped, without what XML 1.0 does not allow, cut to about `most` letters.
std::string shown(std::string_view text, std::size_t most = kTextMax) {
  std::string out;
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    const std::string_view one = text.substr(i, length);
    i += length;
    if (byte < 0x20 || byte == 0x7F || one.size() < length || (byte & 0xC0U) == 0x80U) continue;
    width += length > 2 ? 2 : 1;
    if (width > most) return out + "…";
    if (one == "<")
      out += "&lt;";
    else if (one == ">")
      out += "&gt;";
    else if (one == "&")
      out += "&amp;";
    else if (one == "\"")
      out += "&quot;";
    else if (one == "'")
      out += "&#39;";
    else
      out += one;
  }
  return out;
}

std::string time_of(double ms, bool chinese) {
  constexpr double kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (ms >= 2 * kDay) return fmt::format("{:.1f} {}", ms / kDay, chinese ? "天" : "d");
  if (ms >= 2 * kHour) return fmt::format("{:.1f} {}", ms / kHour, chinese ? "小时" : "h");
  if (ms >= 2 * kMinute) return fmt::format("{:.1f} {}", ms / kMinute, chinese ? "分钟" : "min");
  return fmt::format("{:.0f} {}", ms / 1000, chinese ? "秒" : "s");
}

std::string_view friction_name(std::string_view detector, bool chinese) {
  struct Known {
    std::string_view key, en, zh;
  };
  static constexpr std::array<Known, 9> kAll{{{"loop", "Loop", "循环"},
                                              {"back_and_forth", "Back and forth", "来回往返"},
                                              {"rage", "Rage repeats", "狂按重复"},
                                              {"dead_end", "Dead end", "死胡同"},
                                              {"ivr_loop", "Menu loop", "菜单循环"},
                                              {"channel_bounce", "Channel bounce", "渠道弹跳"},
                                              {"repeated_contact", "Repeated contact", "重复联系"},
                                              {"wait", "Abnormal wait", "异常等待"},
                                              {"abandoned", "Abandoned", "中途放弃"}}};
  for (const Known& one : kAll)
    if (one.key == detector) return chinese ? one.zh : one.en;
  return detector;
}

/// Draws from top to bottom; `y_` is where the next lane begins.
class Picture {
 public:
  Picture(const JourneyMap& map, const MapWords& words) : map_(map), words_(words) {}

  std::string drawn() {
    heads();
    volume();
    channels();
    places();
    waiting();
    effort();
    feelings();
    pains();
    const int width = kLeft + kColumn * std::max<int>(1, static_cast<int>(map_.stages.size())) + kPad;
    return fmt::format(
               R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" font-family="sans-serif" font-size="12">)"
               R"(<title>{2}</title><rect width="{0}" height="{1}" fill="#fff"/>)",
               width, y_ + kPad, shown(words_.title, 200)) +
           body_ + "</svg>\n";
  }

 private:
  [[nodiscard]] std::string_view pick(std::string_view en, std::string_view zh) const {
    return words_.chinese ? zh : en;
  }
  [[nodiscard]] static int x_of(std::size_t stage) { return kLeft + kColumn * static_cast<int>(stage); }

  /// `text` is escaped already.
  void put(int x, int y, std::string_view text, std::string_view colour = kInk, std::string_view more = "") {
    fmt::format_to(std::back_inserter(body_), R"(<text x="{}" y="{}" fill="{}"{}{}>{}</text>)", x, y, colour,
                   more.empty() ? "" : " ", more, text);
  }

  void lane(std::string_view en, std::string_view zh, int height) {
    fmt::format_to(std::back_inserter(body_), R"(<path d="M{} {}H{}" stroke="{}"/>)", kPad, y_,
                   x_of(std::max<std::size_t>(1, map_.stages.size())), kRule);
    put(kPad, y_ + kLine, pick(en, zh), kMuted, R"(font-weight="bold")");
    lane_ = y_;
    y_ += height;
  }

  void heads() {
    put(kPad, 26, shown(words_.title, 80), kInk, R"(font-size="17" font-weight="bold")");
    put(kPad, 46,
        fmt::format(
            fmt::runtime(pick("{} journeys of {} customers, {} complete", "{} 段旅程，{} 位客户，{} 段完成")),
            map_.journeys, map_.customers, map_.complete),
        kMuted);
    y_ = kTop;
    lane("Stage", "阶段", 2 * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s) {
      const MapStage& stage = map_.stages[s];
      put(x_of(s), lane_ + kLine,
          shown(words_.name(MapName::kStage, stage.stage)) + (stage.moments.empty() ? "" : " ★"),
          stage.moments.empty() ? kInk : kGold, R"(font-weight="bold" font-size="14")");
      put(x_of(s), lane_ + 2 * kLine, shown(stage.owner), kMuted);
    }
  }

  void volume() {
    lane("Volume", "规模", 3 * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s) {
      const MapStage& stage = map_.stages[s];
      if (stage.reach.value)
        put(x_of(s), lane_ + kLine,
            fmt::format(fmt::runtime(pick("{:.1f} % of journeys", "占旅程 {:.1f} %")),
                        100 * *stage.reach.value),
            kInk, R"(font-weight="bold")");
      put(x_of(s), lane_ + 2 * kLine,
          fmt::format(fmt::runtime(pick("{} journeys, {} customers", "{} 段旅程，{} 位客户")), stage.journeys,
                      stage.customers));
      put(x_of(s), lane_ + 3 * kLine,
          fmt::format(fmt::runtime(pick("{} steps, {} end here", "{} 步，{} 段止于此")), stage.events,
                      stage.ended),
          kMuted);
    }
  }

  void channels() {
    lane("Channels", "渠道", 4 * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s) {
      double whole = 0, x = x_of(s);
      for (const MapCount& one : map_.stages[s].channels) whole += static_cast<double>(one.events);
      for (std::size_t c = 0; c < map_.stages[s].channels.size(); ++c) {
        const MapCount& one = map_.stages[s].channels[c];
        const double share = static_cast<double>(one.events) / std::max(whole, 1.0);
        const double width = share * (kColumn - 24);
        fmt::format_to(std::back_inserter(body_),
                       R"(<rect x="{:.1f}" y="{}" width="{:.1f}" height="8" fill="{}"/>)", x, lane_ + kPad,
                       width, kColours[std::min(c, kColours.size() - 1)]);
        x += width;
        if (c < 3)
          put(x_of(s), lane_ + kPad + 8 + kLine * static_cast<int>(c + 1) - 2,
              fmt::format("{} {:.0f} %", shown(words_.name(MapName::kChannel, one.key)), 100 * share),
              kColours[c]);
      }
    }
  }

  void places() {
    lane("Touchpoints", "触点", static_cast<int>(kPlaces) * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s)
      for (std::size_t p = 0; p < std::min(kPlaces, map_.stages[s].touchpoints.size()); ++p) {
        const MapCount& one = map_.stages[s].touchpoints[p];
        const bool is_moment = std::ranges::count(map_.stages[s].moments, one.key) > 0;
        put(x_of(s), lane_ + kLine * static_cast<int>(p + 1),
            fmt::format("{}{} · {}", is_moment ? "★ " : "",
                        shown(words_.name(MapName::kTouchpoint, one.key), 20), one.events),
            is_moment ? kGold : kInk);
      }
  }

  void waiting() {
    lane("Until the next stage", "到下一阶段", 2 * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s) {
      const MapStage& stage = map_.stages[s];
      if (!stage.wait.value) {
        few(s);
        continue;
      }
      put(x_of(s), lane_ + kLine,
          fmt::format("{} {}", pick("median", "中位数"), time_of(*stage.wait.value, words_.chinese)));
      put(x_of(s), lane_ + 2 * kLine, "P90 " + time_of(*stage.wait_p90.value, words_.chinese), kMuted);
    }
  }

  void effort() {
    lane("Effort", "费力度", 2 * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s) {
      const MapStage& stage = map_.stages[s];
      if (!stage.effort.value && !stage.ces.value) few(s);
      if (stage.effort.value)
        put(x_of(s), lane_ + kLine,
            fmt::format(fmt::runtime(pick("{:.1f} steps a journey", "每段旅程 {:.1f} 步")),
                        *stage.effort.value));
      if (stage.ces.value)
        put(x_of(s), lane_ + 2 * kLine, fmt::format("CES {:.2f} (n {})", *stage.ces.value, stage.ces.n),
            kMuted);
    }
  }

  void few(std::size_t stage) { put(x_of(stage), lane_ + kLine, pick("too few to say", "数量太少"), kMuted); }

  void feelings() {
    lane("Feeling, −1 to 1", "感受（−1 至 1）", kCurve + kLine + kPad);
    const int middle = lane_ + kPad + kCurve / 2;
    const auto y_of = [&](double value) { return middle - value * kCurve / 2; };
    fmt::format_to(std::back_inserter(body_), R"(<path d="M{} {}H{}" stroke="{}" stroke-dasharray="3 4"/>)",
                   kLeft, middle, x_of(std::max<std::size_t>(1, map_.stages.size())), kRule);
    std::string line;
    for (std::size_t s = 0; s < map_.stages.size(); ++s) {
      const MapFeeling* felt = map_.stages[s].feeling();
      if (felt == nullptr || !felt->level.value) {
        put(x_of(s), middle - 4, pick("too few to say", "数量太少"), kMuted);
        continue;
      }
      const double value = *felt->level.value, x = x_of(s) + kColumn / 2.0 - kPad;
      line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", x, y_of(value));
      const std::string_view colour = value < 0 ? kBad : kGood;
      if (felt->level.interval)
        fmt::format_to(std::back_inserter(body_),
                       R"(<path d="M{0:.1f} {1:.1f}V{2:.1f}" stroke="{3}" stroke-width="2"/>)", x,
                       y_of(felt->level.interval->low), y_of(felt->level.interval->high), colour);
      fmt::format_to(std::back_inserter(body_), R"(<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}"/>)", x,
                     y_of(value), colour);
      put(static_cast<int>(x) + 10, static_cast<int>(y_of(value)) + 4,
          fmt::format("{}{:.2f} (n {})", value < 0 ? "−" : "", std::abs(value), felt->level.n), colour);
    }
    fmt::format_to(std::back_inserter(body_), R"(<path d="{}" fill="none" stroke="{}" stroke-width="1.5"/>)",
                   line.empty() ? "M0 0" : line, kMuted);
  }

  void pains() {
    lane("Pain points", "痛点", static_cast<int>(kPains) * 2 * kLine + kPad);
    for (std::size_t s = 0; s < map_.stages.size(); ++s)
      for (std::size_t p = 0; p < std::min(kPains, map_.stages[s].pains.size()); ++p) {
        const MapPain& one = map_.stages[s].pains[p];
        const int y = lane_ + kLine * static_cast<int>(2 * p + 1);
        put(x_of(s), y,
            fmt::format("{} · {}", friction_name(one.name.detector, words_.chinese), one.journeys), kBad);
        put(x_of(s), y + kLine - 4, place_of(one.name), kMuted, R"(font-size="11")");
      }
  }

  [[nodiscard]] std::string place_of(const FrictionName& name) const {
    const auto named = [&](std::string_view key) {
      if (name.detector == "wait" || key.empty()) return std::string(key);
      return words_.name(name.detector == "channel_bounce" ? MapName::kChannel : MapName::kTouchpoint, key);
    };
    if (name.other.empty()) return shown(named(name.place), 30);
    const bool is_event = name.detector == "rage" || name.detector == "dead_end";
    return shown(named(name.place) + " · " + (is_event ? name.other : named(name.other)), 30);
  }

  const JourneyMap& map_;
  const MapWords& words_;
  std::string body_;
  int y_ = 0, lane_ = 0;
};

}  // namespace

std::string map_svg(const JourneyMap& map, const MapWords& words) { return Picture(map, words).drawn(); }

}  // namespace zhike::journey
