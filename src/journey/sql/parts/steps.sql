-- journey/sql/parts/steps.sql: what a journey is. The table `steps`: each event of a customer that has a node, and the number
-- of the customer's journey that it belongs to. A journey ends where nothing follows within the pause; a case that goes on
-- holds it open up to its last event. With each event what else a query may want to know of it: unit, kind, case_id, the
-- properties, and of them topic and resolved; those that a query does not name are not read.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; level (stage, touchpoint, channel): what a node is;
-- pause_ms Int64.
steps AS
(
    SELECT customer, ms, event_id, node, unit, kind, case_id, properties, topic, solved,
           countIf(is_new) OVER (PARTITION BY customer ORDER BY ms, event_id) AS journey
    FROM
    (
        SELECT *, max(reach) OVER (PARTITION BY customer ORDER BY ms, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
               row_number() OVER (PARTITION BY customer ORDER BY ms, event_id) = 1 OR ms - reached > {pause_ms:Int64} AS is_new
        FROM
        (
            SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                   toUnixTimestamp64Milli(occurred_at) AS ms, event_id, unit, kind, case_id, properties,
                   properties['topic'] AS topic, lower(properties['resolved']) AS solved,
                   if({level:String} = 'stage', dictGet('kind_of', 'stage', toUInt64(kind)),
                      if({level:String} = 'channel', dictGet('kind_of', 'channel', toUInt64(kind)),
                         dictGet('kind_of', 'touchpoint', toUInt64(kind)))) AS node,
                   if(case_id = '', ms, max(ms) OVER (PARTITION BY customer, case_id)) AS reach
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
              AND kind IN (SELECT kind FROM kinds FINAL
                           WHERE multiIf({level:String} = 'stage', stage, {level:String} = 'channel', channel, touchpoint) != '') /*filter*/
        )
    )
)
