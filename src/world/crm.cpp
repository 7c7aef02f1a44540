// The CRM file: kept by hand for years, so customers are there twice, misspelt and out of date.
#include <fmt/core.h>

#include <array>

#include "world/records.h"

namespace zhike::world {
namespace {

// "138" → "１３８", as an input method in the wrong mode writes it.
std::string full_width(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      out += fmt::format("\xEF\xBC{}", static_cast<char>(0x90 + (c - '0')));
    else
      out += c;
  }
  return out;
}

// Two neighbouring characters change places.
std::string misspelt(const std::string& name, Chance& chance) {
  std::string out = name;
  if (static_cast<unsigned char>(name[0]) >= 0x80) {
    if (name.size() >= 9) std::swap_ranges(out.begin() + 3, out.begin() + 6, out.begin() + 6);
    return out;
  }
  const std::size_t at = 1 + chance.below(name.size() - 2);
  std::swap(out[at], out[at + 1]);
  return out;
}

struct Row {
  std::string name, phone, email, user_id, loyalty, birthday, address, dirt;
  void mark(std::string_view what) { dirt += (dirt.empty() ? "" : "|") + std::string(what); }
};

Row clean(const Person& p) {
  return {p.name, p.phone, p.email, p.user_id, p.loyalty, p.birthday, p.address, ""};
}

void soil_phone(Row& row, const Person& p, Chance& chance) {
  switch (chance.weighted(std::array{.35, .15, .15, .15, .2})) {
    case 1:
      row.phone = full_width(row.phone);
      row.mark("full_width");
      break;
    case 2:
      if (p.chinese)
        row.phone =
            fmt::format("+86 {}-{}-{}", p.phone.substr(0, 3), p.phone.substr(3, 4), p.phone.substr(7));
      row.mark("written_otherwise");
      break;
    case 3:
      if (!p.old_phone.empty()) {
        row.phone = p.old_phone;
        row.mark("stale_phone");
      }
      break;
    case 4:
      row.phone.clear();
      row.mark("no_phone");
      break;
    default:
      break;
  }
}

// A second record, made by someone who did not find the first.
Row soiled(const Person& p, Chance& chance) {
  Row row = clean(p);
  soil_phone(row, p, chance);
  if (chance.happens(0.35) && p.name.size() > 3) {
    row.name = misspelt(p.name, chance);
    row.mark("misspelt");
  }
  if (chance.happens(0.3) && !row.phone.empty()) {
    row.email.clear();
    row.mark("no_email");
  } else if (chance.happens(0.3)) {
    for (char& c : row.email) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    row.mark("upper_case");
  }
  if (chance.happens(0.7)) row.user_id.clear();
  if (chance.happens(0.6)) row.loyalty.clear();
  if (chance.happens(0.3)) {
    row.birthday.clear();
    row.mark("no_birthday");
  }
  if (chance.happens(0.2)) row.name = "  " + row.name + " ";
  return row;
}

}  // namespace

void Records::add_crm(const Person& person, Chance& chance) {
  std::size_t records = 1;
  if (chance.happens(options_.parameters.duplicate_share)) records += chance.happens(0.25) ? 2 : 1;
  for (std::size_t i = 0; i < records; ++i) {
    const Row row = i == 0 ? clean(person) : soiled(person, chance);
    const std::string number = fmt::format("C{:08}", ++crm_);
    const double age_days = chance.uniform() * (person.newcomer ? 5 : 900);
    const Instant updated{options_.end.ms - 1 - static_cast<std::int64_t>(age_days * 86'400'000.0)};
    if (breaks(chance)) {
      files_[kCrm].line(fmt::format("{},{},,,,,,,,,someday", number, row.name), true);
      continue;
    }
    files_[kCrm].row({number, row.name, row.phone, row.email, row.user_id, row.loyalty, row.birthday,
                      person.city, row.address, person.unit, local(updated)});
    files_[kCrmTruth].row({number, std::to_string(person.id), row.dirt});
  }
}

}  // namespace zhike::world
