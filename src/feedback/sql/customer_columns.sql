-- feedback/sql/customer_columns.sql: numbers of each customer, latest first: last answers, orders, spend, contacts,
-- complaints, channels, sessions, times. Where an answer is what is asked about, only what came before it counts.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; rows UInt64: at most so many customers;
-- until String: the instrument whose last answer ends what counts of a customer (empty: the range does); instruments,
-- orders, otherwise, contacts, complaints, deliveries Array(String): instruments and touchpoints; opened, answered,
-- resolved Array(String): LIKE patterns of names; promise String: property that says true or false; currency String;
-- sets Array(UInt64): customer_sets whose groups are numbers. Not known: null.
-- Reads events by the key prefix (unit, day), answers twice.
SELECT customer,
       arrayConcat(
           arrayMap(i -> if(arrayExists(a -> a.1 = i, answers),
                            toNullable(arrayReverseSort(a -> a.2, arrayFilter(a -> a.1 = i, answers))[1].3), NULL),
                    {instruments:Array(String)}),
           arrayMap(v -> toNullable(v), [toFloat64(orders), spend / 100, toFloat64(contacts), toFloat64(complaints),
                                         toFloat64(complaints > 0), toFloat64(channels), toFloat64(sessions)]),
           [if(delivered > 0, delivery_ms / delivered / 86400000, NULL), if(promised > 0, on_time / promised, NULL),
            if(replied > 0, reply_ms / replied / 3600000, NULL), if(solved > 0, solving_ms / solved / 3600000, NULL)],
           arrayMap(s -> if(mapContains(traits, s), toNullable(traits[s]), NULL), {sets:Array(UInt64)})) AS numbers
FROM
(
    SELECT customer,
           max(last_at) AS ended_at,
           arrayFlatten(groupArray(case_answers)) AS answers,
           sum(if(case_id = '', order_events, least(order_events, 1))) AS orders,
           sum(if(named_amounts > 0, order_amount, other_amount)) AS spend,
           sum(if(case_id = '', contact_events, least(contact_events, 1))) AS contacts,
           sum(if(case_id = '', complaint_events, least(complaint_events, 1))) AS complaints,
           length(arrayDistinct(arrayFlatten(groupArray(case_channels)))) AS channels,
           length(arrayDistinct(arrayFlatten(groupArray(case_sessions)))) AS sessions,
           countIf(is_delivered) AS delivered,
           sumIf(toFloat64(delivered_ms - ordered_ms), is_delivered) AS delivery_ms,
           sum(case_promised) AS promised,
           sum(case_on_time) AS on_time,
           countIf(is_answered) AS replied,
           sumIf(toFloat64(answered_ms - opened_ms), is_answered) AS reply_ms,
           countIf(is_resolved) AS solved,
           sumIf(toFloat64(resolved_ms - opened_ms), is_resolved) AS solving_ms
    FROM
    (
        SELECT customer, case_id,
               max(occurred_at) AS last_at,
               groupArrayIf((instrument, occurred_at, toFloat64(ifNull(score, 0))), has({instruments:Array(String)}, instrument) AND isNotNull(score)) AS case_answers,
               countIf(is_order) AS order_events,
               countIf(is_order AND currency = {currency:String}) AS named_amounts,
               sumIf(toFloat64(amount_minor), is_order AND currency = {currency:String} AND currency != '') AS order_amount,
               sumIf(toFloat64(amount_minor), has({otherwise:Array(String)}, touchpoint) AND currency = {currency:String} AND currency != '') AS other_amount,
               countIf(is_contact) AS contact_events,
               countIf(has({complaints:Array(String)}, touchpoint)) AS complaint_events,
               groupUniqArrayIf(channel, channel != '' AND instrument = '') AS case_channels,
               groupUniqArrayIf(sipHash64(session_id), session_id != '') AS case_sessions,
               minIf(ms, is_order) AS ordered_ms,
               minIf(ms, is_delivery) AS delivered_ms,
               case_id != '' AND countIf(is_order) > 0 AND countIf(is_delivery) > 0 AND delivered_ms >= ordered_ms AS is_delivered,
               countIf(is_delivery AND promise != '') AS case_promised,
               countIf(is_delivery AND lower(promise) IN ('true', '1', 'yes')) AS case_on_time,
               minIf(ms, is_contact AND kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {opened:Array(String)})) AS is_opening) AS opened_ms,
               minIf(ms, is_contact AND kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {answered:Array(String)})) AS is_answering) AS answered_ms,
               minIf(ms, is_contact AND kind IN (SELECT kind FROM kinds FINAL WHERE arrayExists(pattern -> name LIKE pattern, {resolved:Array(String)})) AS is_resolving) AS resolved_ms,
               case_id != '' AND countIf(is_opening) > 0 AND countIf(is_answering) > 0 AND answered_ms >= opened_ms AS is_answered,
               case_id != '' AND countIf(is_opening) > 0 AND countIf(is_resolving) > 0 AND resolved_ms >= opened_ms AS is_resolved
        FROM
        (
            SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                   kind, case_id, occurred_at, instrument, score, amount_minor, currency, session_id,
                   toUnixTimestamp64Milli(occurred_at) AS ms,
                   properties[{promise:String}] AS promise,
                   dictGet('kind_of', 'channel', toUInt64(kind)) AS channel,
                   dictGet('kind_of', 'touchpoint', toUInt64(kind)) AS touchpoint,
                   has({orders:Array(String)}, touchpoint) AS is_order,
                   has({contacts:Array(String)}, touchpoint) AS is_contact,
                   has({deliveries:Array(String)}, touchpoint) AS is_delivery
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} /*filter*/
        ) AS happened
        LEFT JOIN
        (
            SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
                   max(occurred_at) AS until_at
            FROM events
            WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
              AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
              AND instrument = {until:String} AND instrument != '' AND isNotNull(score) /*filter*/
            GROUP BY customer
        ) AS ends USING (customer)
        WHERE {until:String} = '' OR occurred_at <= until_at
        GROUP BY customer, case_id
    )
    GROUP BY customer
) AS counted
LEFT JOIN
(
    SELECT dictGetOrDefault('subject_customer', 'customer', subject, subject) AS customer,
           maxMap(map(set_id, toFloat64OrZero(grp))) AS traits
    FROM customer_sets
    WHERE has({sets:Array(UInt64)}, set_id) AND isNotNull(toFloat64OrNull(grp))
    GROUP BY customer
) AS stated USING (customer)
ORDER BY ended_at DESC, customer
LIMIT {rows:UInt64}
