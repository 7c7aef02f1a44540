-- journey/sql/parts/histories.sql: from the table `trials` (customer, channel, hit) how often each customer tried a channel and with
-- how many hits, beside the channel that the customer uses most (most events; of equals the later name), which says whom the
-- customer is like. Equal histories are counted; those of the customer asked for, and of one customer in `parts`, stand by
-- themselves. A customer without trials has one row without a channel. `firsts`: of the customers of a row those whose first row it
-- is, so that they sum to the customers.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; passive Array(String): touchpoints where we act; customer
-- UInt64: 0: none; parts UInt64: 0: none.
mains AS
(
    SELECT customer, argMax(channel, (seen, channel)) AS main
    FROM
    (
        SELECT dictGetOrDefault('subject_customer', 'customer', subject_id, subject_id) AS customer,
               dictGet('kind_of', 'channel', toUInt64(kind)) AS channel, count() AS seen
        FROM events
        WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
          AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
          AND kind IN (SELECT kind FROM kinds FINAL WHERE channel != '' AND NOT has({passive:Array(String)}, touchpoint)) /*filter*/
        GROUP BY customer, channel
    )
    GROUP BY customer
),
counted AS
(
    SELECT customer, groupArray((channel, n, hits)) AS tried
    FROM
    (
        SELECT customer, channel, count() AS n, countIf(hit) AS hits
        FROM trials
        GROUP BY customer, channel
    )
    GROUP BY customer
)
SELECT who, main, place.1.1 AS tried_in, place.1.2 AS n, place.1.3 AS hits, count() AS customers, countIf(place.2 = 1) AS firsts
FROM
(
    SELECT if(customer = {customer:UInt64} OR if({parts:UInt64} = 0, 0, cityHash64(customer) % greatest({parts:UInt64}, 1) = 0), customer, 0) AS who,
           mains.main AS main, if(empty(counted.tried), [('', toUInt64(0), toUInt64(0))], arraySort(counted.tried)) AS places,
           arrayJoin(arrayZip(places, arrayEnumerate(places))) AS place
    FROM mains FULL JOIN counted USING (customer)
)
GROUP BY who, main, tried_in, n, hits
ORDER BY who, tried_in, main, n, hits
