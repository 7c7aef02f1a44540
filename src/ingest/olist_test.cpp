// The public Olist files through the whole road: what comes out equals a plain count of the CSV.
#include "ingest/test_world.h"

namespace zhike::ingest {
namespace {

std::filesystem::path data_folder() {
  const char* stated = std::getenv("ZHIKE_DATA");
  return std::filesystem::path(stated != nullptr ? stated : ZHIKE_DATA_DEFAULT) / "olist_sample";
}

const FileReport& file(const ImportReport& report, std::string_view rule) {
  for (const FileReport& f : report.files)
    if (f.rule == rule) return f;
  ADD_FAILURE() << "no file " << rule;
  return report.files.front();
}

TEST(Olist, CountsEqualThoseOfTheFiles) {
  if (!std::filesystem::exists(data_folder()))
    GTEST_SKIP() << data_folder() << " is not there; ZHIKE_DATA names another folder";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder()))
    if (entry.path().filename().string().find(".csv") != std::string::npos) files.push_back(entry.path());
  ASSERT_EQ(files.size(), 8U);
  TestWorld world;
  const Mapping mapping = must(preset("olist"));
  const ImportReport report = must(world.importer().run(files, mapping, {}));
  for (const FileReport& f : report.files) EXPECT_EQ(f.rows, f.stored + f.rejected) << f.file;
  // Rows of the files, counted by a CSV reader of another language.
  EXPECT_EQ(file(report, "orders").stored, 8135U);
  EXPECT_EQ(file(report, "items").stored, 8365U);
  EXPECT_EQ(file(report, "payments").stored, 8924U);
  EXPECT_EQ(file(report, "reviews").stored, 8225U);
  EXPECT_EQ(file(report, "customers").stored, 8135U);
  EXPECT_TRUE(file(report, "products").reference);

  const auto of = [&](const std::string& name) {
    return world.number(
        "SELECT count() FROM events WHERE dictGetString('kind_of', 'name', toUInt64(kind)) = '" + name + "'");
  };
  EXPECT_EQ(of("Order Placed"), 8135U);
  EXPECT_EQ(of("Payment Made"), 8924U);
  EXPECT_EQ(of("Review Submitted"), 8225U);
  EXPECT_EQ(world.number("SELECT uniqExact(case_id) FROM events WHERE case_id != ''"), 8135U);
  EXPECT_NEAR(world.real("SELECT avg(score) FROM events WHERE instrument = 'review'"), 26909.0 / 8225, 1e-4);
  EXPECT_EQ(world.number("SELECT sum(amount_minor) FROM events WHERE currency = 'BRL'"), 142'860'281U);
  EXPECT_EQ(world.number("SELECT uniqExact(dictGetUInt64OrDefault('subject_customer', 'customer', "
                         "subject_id, subject_id)) FROM events"),
            8016U);
  EXPECT_EQ(must(world.hot->count()), 8016U);

  // A file again: every row is known.
  std::erase_if(
      files, [](const auto& path) { return path.filename().string().find("orders") == std::string::npos; });
  ASSERT_EQ(files.size(), 1U);
  const ImportReport again = must(world.importer().run(files, mapping, {}));
  EXPECT_EQ(file(again, "orders").duplicates, 8135U);
  EXPECT_EQ(file(again, "orders").stored, 8135U);
  EXPECT_EQ(of("Order Placed"), 8135U);
}

}  // namespace
}  // namespace zhike::ingest
