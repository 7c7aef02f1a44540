-- journey/sql/journey_nodes.sql: the kinds of events that are steps of journeys, and the node that each is, by name.
-- In: level (stage, touchpoint, channel): what a node is.
SELECT kind, multiIf({level:String} = 'stage', stage, {level:String} = 'channel', channel, touchpoint) AS node
FROM kinds FINAL
WHERE node != ''
ORDER BY node, kind
