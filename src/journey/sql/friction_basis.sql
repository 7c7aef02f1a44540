-- journey/sql/friction_basis.sql: which answers and which money there are: instruments with the number of their answers, currencies
-- with that of the payments and orders in them.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to.
-- Reads events in their order by instrument and kind.
SELECT is_money, name, count() AS n
FROM
(
    SELECT instrument = '' AS is_money, if(is_money, currency, instrument) AS name
    FROM events
    WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
      AND ((instrument != '' AND isNotNull(score))
           OR (instrument = '' AND currency != '' AND kind IN (SELECT kind FROM kinds FINAL WHERE touchpoint IN ('order', 'payment')))) /*filter*/
)
GROUP BY is_money, name
ORDER BY is_money, n DESC, name
