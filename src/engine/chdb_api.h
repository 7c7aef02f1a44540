// The part of libchdb's C interface that the engine uses. The npm package ships no header, so it is declared
// here; names, argument order and ownership follow chdb.h of release 26.7.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

struct ChdbHandle;  // opaque
struct ChdbResult;  // opaque
using ChdbConnection = ChdbHandle*;
using ChdbInsertStream = void*;

/// struct_size is set by the caller; a newer library fills only what fits.
struct ChdbAnalysis {
  std::uint32_t struct_size;
  std::uint32_t statement_count;
  std::uint32_t flags;
  std::uint32_t query_class;  // 0 read-only, 1 mutating, 2 mutating globally, 3 control, 4 unknown
};

void chdb_set_signal_handlers_enabled(int enabled);
/// The result points to the handle that the other calls take. One storage path per process.
ChdbConnection* chdb_connect(int argc, char** argv);
void chdb_close_conn(ChdbConnection* connection);
int chdb_classify_query_n(ChdbConnection, const char* sql, std::size_t sql_size, const char* database,
                          std::size_t database_size, ChdbAnalysis* out);

/// Every result is freed with chdb_destroy_query_result.
ChdbResult* chdb_query_n(ChdbConnection, const char* sql, std::size_t sql_size, const char* format,
                         std::size_t format_size);
ChdbResult* chdb_query_with_params_n(ChdbConnection, const char* sql, std::size_t sql_size,
                                     const char* format, std::size_t format_size, const char* const* names,
                                     const std::size_t* name_sizes, const char* const* values,
                                     const std::size_t* value_sizes, std::size_t count);
ChdbResult* chdb_stream_query_with_params_n(ChdbConnection, const char* sql, std::size_t sql_size,
                                            const char* format, std::size_t format_size,
                                            const char* const* names, const std::size_t* name_sizes,
                                            const char* const* values, const std::size_t* value_sizes,
                                            std::size_t count);
/// An empty result without error is the end.
ChdbResult* chdb_stream_fetch_result(ChdbConnection, ChdbResult* stream);
void chdb_stream_cancel_query(ChdbConnection, ChdbResult* stream);
void chdb_destroy_query_result(ChdbResult* result);
char* chdb_result_buffer(ChdbResult* result);
std::size_t chdb_result_length(ChdbResult* result);
std::uint64_t chdb_result_rows_read(ChdbResult* result);
std::uint64_t chdb_result_rows_written(ChdbResult* result);
/// Null: no error.
const char* chdb_result_error(ChdbResult* result);

/// `sql` without FORMAT clause and without data. Never null; see chdb_stream_insert_error.
ChdbInsertStream chdb_stream_insert_with_params_n(ChdbConnection, const char* sql, std::size_t sql_size,
                                                  const char* format, std::size_t format_size,
                                                  const char* const* names, const std::size_t* name_sizes,
                                                  const char* const* values, const std::size_t* value_sizes,
                                                  std::size_t count);
int chdb_stream_append(ChdbInsertStream stream, const void* data, std::size_t size);  // 0: success
ChdbResult* chdb_stream_done(ChdbInsertStream stream);
void chdb_stream_cancel_insert(ChdbInsertStream stream);
const char* chdb_stream_insert_error(ChdbInsertStream stream);
void chdb_destroy_insert_stream(ChdbInsertStream stream);

}  // extern "C"
