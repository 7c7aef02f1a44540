-- ingest/sql/hot_record.sql: the sums and the latest of all events of some subjects: one row, of one customer.
-- In: subjects Array(UInt64); block UInt64: the newest block whose events count.
-- Scope: all units; the record that it makes is what a Grant is checked against.
-- Reads events by the index on subject_id. Times are epoch milliseconds. The rules are those of ingest/hot_changes.h.
WITH type IN ('track', 'page', 'screen') AS is_interaction,
     (occurred_at, event_id) AS place
SELECT count() AS facts,
       countIf(is_interaction) AS events,
       toUnixTimestamp64Milli(minIf(occurred_at, is_interaction)) AS first_seen,
       toUnixTimestamp64Milli(maxIf(occurred_at, is_interaction)) AS last_seen,
       countIf(is_interaction AND touchpoint = 'order') AS orders,
       mapKeys(sumMapIf(map(toString(currency), amount_minor),
                        is_interaction AND stage = 'purchase' AND currency != '') AS spend) AS currencies,
       mapValues(spend) AS amounts,
       mapValues(minMapIf(map(toString(currency), event_id),
                          is_interaction AND stage = 'purchase' AND currency != '')) AS first_events,
       argMaxIf(unit, place, is_interaction AND unit != '') AS last_unit,
       toUnixTimestamp64Milli(maxIf(occurred_at, is_interaction AND unit != '')) AS unit_at,
       arraySort(groupUniqArrayIf(toString(unit), unit != '')) AS units,
       arraySort(groupUniqArrayIf(channel, is_interaction AND channel != '')) AS channels,
       countIf(is_interaction AND instrument = 'nps' AND isNotNull(score)) AS nps_answers,
       toFloat64(argMaxIf(ifNull(score, 0), place, is_interaction AND instrument = 'nps' AND isNotNull(score))) AS nps,
       toUnixTimestamp64Milli(maxIf(occurred_at, is_interaction AND instrument = 'nps' AND isNotNull(score))) AS nps_at,
       countIf(is_interaction AND instrument = 'csat' AND isNotNull(score)) AS csat_answers,
       toFloat64(argMaxIf(ifNull(score, 0), place, is_interaction AND instrument = 'csat' AND isNotNull(score))) AS csat,
       toUnixTimestamp64Milli(maxIf(occurred_at, is_interaction AND instrument = 'csat' AND isNotNull(score))) AS csat_at,
       countIf(is_interaction AND instrument = 'ces' AND isNotNull(score)) AS ces_answers,
       toFloat64(argMaxIf(ifNull(score, 0), place, is_interaction AND instrument = 'ces' AND isNotNull(score))) AS ces,
       toUnixTimestamp64Milli(maxIf(occurred_at, is_interaction AND instrument = 'ces' AND isNotNull(score))) AS ces_at
FROM (
  SELECT event_id, occurred_at, unit, currency, amount_minor, instrument, score,
         dictGet('kind_of', 'type', toUInt64(kind)) AS type,
         dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
         dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint,
         dictGet('kind_of', 'stage', toUInt64(kind)) AS stage
  FROM events
  WHERE subject_id IN {subjects:Array(UInt64)} AND block_id <= {block:UInt64}
)
