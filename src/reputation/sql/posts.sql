-- reputation/sql/posts.sql: posts with their numbers and sentiment, in any order.
-- In: all_units UInt8, units Array(String) (from the Grant); from, to; zone; q String: part of the text, empty: all; reading
-- UInt32; followers, likes, comments, shares Float64: what each counts in the reach.
-- Reads events by the key prefix (unit, day), and readings likewise. Asked for in RowBinary.
SELECT event_id, toUnixTimestamp64Milli(occurred_at) AS at, toDate(occurred_at, {zone:String}) AS local_day,
       {followers:Float64} * toFloat64OrZero(properties['followers']) + {likes:Float64} * toFloat64OrZero(properties['likes'])
         + {comments:Float64} * toFloat64OrZero(properties['comments']) + {shares:Float64} * toFloat64OrZero(properties['shares']) AS reach,
       toString(said.sentiment) AS way, properties['platform'] AS platform, properties['brand'] AS brand, text
FROM events
INNER JOIN
(
    SELECT event_id, sentiment
    FROM readings
    WHERE reading = {reading:UInt32} AND ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
      AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
) AS said USING (event_id)
WHERE ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND notEmpty(text) AND ({q:String} = '' OR positionCaseInsensitiveUTF8(text, {q:String}) > 0) /*filter*/
