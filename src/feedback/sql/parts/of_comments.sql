-- feedback/sql/parts/of_comments.sql: which comments a question is about.
-- In: reading UInt32; all_units UInt8, units Array(String) (from the Grant); from, to; language, aspect, aspect_sentiment,
-- label, word String; sentiment (negative, neutral, positive, unknown): each empty: all; ids Array(UInt64): these
-- events alone, empty: all.
WHERE reading = {reading:UInt32}
  AND ({all_units:UInt8} = 1 OR has({units:Array(String)}, unit))
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
  AND ({language:String} = '' OR language = {language:String})
  AND ({sentiment:String} = '' OR sentiment = if({sentiment:String} = 'unknown', '', {sentiment:String}))
  AND ({label:String} = '' OR has(labels, {label:String}))
  AND (empty({ids:Array(UInt64)}) OR has({ids:Array(UInt64)}, event_id))
  AND ({word:String} = '' OR has(words, {word:String}))
  AND ({aspect:String} = '' OR arrayExists((a, s) -> a = {aspect:String} AND ({aspect_sentiment:String} = '' OR s = {aspect_sentiment:String}),
                                           aspects, aspect_sentiments)) /*filter*/
